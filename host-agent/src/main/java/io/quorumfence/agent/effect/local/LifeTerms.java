package io.quorumfence.agent.effect.local;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Deadlines;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.WatchdogKind;
import java.time.Duration;
import java.util.List;

/**
 * What the present life has promised, kept on tmpfs over a restart of the agent (rule 4). An armed life goes on under
 * the terms it gave: siblings prove by them, so a changed configuration waits until nothing is promised any more.
 */
record LifeTerms(Deadlines deadlines, SelfFenceAction action, WatchdogKind watchdog) {
    private static final int WORDS = 8;

    static LifeTerms of(CellConfig config) {
        return new LifeTerms(config.deadlines(), config.action(), config.watchdog());
    }

    String text() {
        List<Duration> all = List.of(
                deadlines.beat(),
                deadlines.suspect(),
                deadlines.self(),
                deadlines.act(),
                deadlines.watchdog(),
                deadlines.margin());
        StringBuilder text = new StringBuilder();
        all.forEach(one -> text.append(one.toNanos()).append(' '));
        return text.append(action).append(' ').append(watchdog).append('\n').toString();
    }

    /**
     * @throws IllegalArgumentException when it is not exactly as it was written
     */
    static LifeTerms read(String text) {
        String[] words = text.strip().split(" ");
        if (words.length != WORDS) {
            throw new IllegalArgumentException("not the terms of a life");
        }
        Duration[] all = new Duration[WORDS - 2];
        for (int i = 0; i < all.length; i++) {
            all[i] = Duration.ofNanos(Long.parseLong(words[i]));
        }
        return new LifeTerms(
                new Deadlines(all[0], all[1], all[2], all[3], all[4], all[5]),
                SelfFenceAction.valueOf(words[WORDS - 2]),
                WatchdogKind.valueOf(words[WORDS - 1]));
    }

    /** The configuration under these terms. */
    CellConfig in(CellConfig config) {
        return config.under(deadlines, action, watchdog);
    }
}
