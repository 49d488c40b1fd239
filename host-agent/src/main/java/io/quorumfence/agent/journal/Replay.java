package io.quorumfence.agent.journal;

import io.quorumfence.agent.core.AgentCore;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.LocalObservation;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a journal's observations through the decision core again and compares what it decides with what the journal says
 * was decided. A process is replayed from its start line on; from a gap on nothing is known, until the next process.
 * One object for one journal.
 */
public final class Replay {
    private static final Observation TICK = new LocalObservation.Ticked();

    private final AgentCore core = new AgentCore();
    private final Consumer<Decision> into;
    private final ArrayDeque<Decision> expected = new ArrayDeque<>();
    private @Nullable AgentState state;
    private @Nullable String difference;
    private @Nullable String end;
    private String host = "";
    private int processes;
    private long steps;
    private long decisions;
    private long skipped;
    private int gaps;

    private Replay(Consumer<Decision> into) {
        this.into = into;
    }

    /** What the core decided at a step. */
    public record Decision(long nowNs, JournalEvent event) {}

    /**
     * @param processes how many were replayed from their start on
     * @param skipped lines that could not be replayed: before a start line, or behind a gap
     * @param difference the first one, with its place; the replay ended there
     * @param end why the last process was not replayed to its last line, though nothing differed
     */
    public record Report(
            String host,
            int processes,
            long steps,
            long decisions,
            long skipped,
            int gaps,
            Optional<String> difference,
            Optional<String> end) {}

    /**
     * Replays a directory of journal files, or one of them.
     *
     * @param into gets each decision that the core made and the journal confirmed, in order
     */
    public static Report of(Path journal, Consumer<Decision> into) throws IOException {
        Replay replay = new Replay(into);
        JournalReader.read(journal, replay::take);
        return replay.report();
    }

    private Report report() {
        // What was decided in the last step may have been lost with the process, before its line was on disk.
        return new Report(
                host,
                processes,
                steps,
                decisions,
                skipped,
                gaps,
                Optional.ofNullable(difference),
                Optional.ofNullable(end));
    }

    private void take(JournalLine line) {
        if (difference != null) {
            return;
        }
        if (line.start().isPresent()) {
            begin(line.start().get());
            return;
        }
        if (line.kind().equals("gap")) {
            gaps++;
            stop("a gap at line " + line.seq());
        }
        AgentState now = state;
        if (now == null) {
            skipped++;
            return;
        }
        try {
            for (long tick : line.ticks()) {
                step(TICK, tick, line.seq());
            }
            one(line);
        } catch (RuntimeException e) {
            stop("the core failed at line " + line.seq() + ": " + e);
        }
    }

    private void begin(JournalStart start) {
        expected.clear();
        end = null;
        host = start.config().host().value();
        state = new AgentState(start.config(), start.facts());
        processes++;
    }

    private void stop(String why) {
        state = null;
        expected.clear();
        end = why;
    }

    private void one(JournalLine line) {
        if (line.observation().isPresent()) {
            step(line.observation().get(), line.nowNs(), line.seq());
        } else if (line.event().isPresent()) {
            confirm(new Decision(line.nowNs(), line.event().get()), line.seq());
        } else if (!line.kind().equals("open") && !line.kind().equals("ticks")) {
            stop("line " + line.seq() + " is of a kind that this version does not know");
        }
    }

    private void step(Observation observation, long nowNs, long seq) {
        AgentState before = state;
        if (before == null || difference != null) {
            return;
        }
        if (!expected.isEmpty()) {
            difference = "before line " + seq + ": the core decides " + expected.peek() + ", the journal says nothing";
            return;
        }
        var step = core.stepInPlace(before, observation, nowNs);
        state = step.next();
        steps++;
        step.events().forEach(event -> expected.add(new Decision(nowNs, event)));
    }

    private void confirm(Decision journalled, long seq) {
        if (difference != null) {
            return;
        }
        Decision decided = expected.poll();
        if (!journalled.equals(decided)) {
            difference = "line " + seq + ": the journal says " + journalled + ", the core decides "
                    + (decided == null ? "nothing" : decided);
            return;
        }
        decisions++;
        into.accept(journalled);
    }
}
