package io.quorumfence.agent.effect.local;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Promise;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text forms of the state files. The incarnation and the barrier are read by the fence helper too. Reading is
 * strict: what is not exactly as it was written is refused by an {@link IllegalArgumentException}.
 */
final class StateText {
    private static final Pattern LIFE = Pattern.compile("boot=(\\S+)\ncounter=(\\d+)\njoined=(true|false)\n");
    private static final Pattern PROMISE =
            Pattern.compile("promise token=(\\d+) suspect=(\\S+) counter=(\\d+) record=(\\d+)");
    private static final Pattern BARRIER = Pattern.compile("(?s)token=(\\d+)\n.*");
    private static final Pattern CLEARED = Pattern.compile("counter=(\\d{1,18})\n");
    private static final String PROMISES_HEAD = "quorumfence promises v1 boot=";
    private static final String PROMISES_END = "end sha256=";

    private StateText() {}

    static String ofLife(Incarnation life, boolean joined) {
        return "boot=" + life.bootId() + "\ncounter=" + life.counter() + "\njoined=" + joined + "\n";
    }

    static BootFacts.Life life(String text) {
        Matcher matcher = LIFE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not an incarnation");
        }
        Incarnation incarnation = new Incarnation(Long.parseLong(matcher.group(2)), UUID.fromString(matcher.group(1)));
        return new BootFacts.Life(incarnation, Boolean.parseBoolean(matcher.group(3)));
    }

    static String ofCleared(long counter) {
        return "counter=" + counter + "\n";
    }

    static long cleared(String text) {
        Matcher matcher = CLEARED.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a life's counter");
        }
        return Long.parseLong(matcher.group(1));
    }

    /** The last line vouches for those before it: a list that was cut short must not read as a shorter one. */
    static String ofPromises(UUID bootId, List<Promise> promises) {
        StringBuilder text = new StringBuilder(PROMISES_HEAD).append(bootId).append('\n');
        for (Promise promise : promises) {
            text.append("promise token=")
                    .append(promise.token())
                    .append(" suspect=")
                    .append(promise.suspect())
                    .append(" counter=")
                    .append(promise.suspectCounter())
                    .append(" record=")
                    .append(promise.recordVersion())
                    .append('\n');
        }
        return text + PROMISES_END + sha256(text.toString()) + "\n";
    }

    static List<Promise> promises(String text, UUID bootId) {
        int end = text.lastIndexOf(PROMISES_END);
        if (end < 0 || !text.substring(end).equals(PROMISES_END + sha256(text.substring(0, end)) + "\n")) {
            throw new IllegalArgumentException("its last line does not vouch for it");
        }
        List<String> lines = text.substring(0, end).lines().toList();
        if (lines.isEmpty() || !lines.get(0).equals(PROMISES_HEAD + bootId)) {
            throw new IllegalArgumentException("of another boot or another version");
        }
        List<Promise> promises = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            promises.add(promise(line));
        }
        return promises;
    }

    private static Promise promise(String line) {
        Matcher matcher = PROMISE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a promise: '" + line + "'");
        }
        return new Promise(
                new FenceToken(Long.parseLong(matcher.group(1))),
                new HostId(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)));
    }

    /** Token of a fence barrier; empty when the text is none that we know. */
    static OptionalLong barrierToken(String text) {
        Matcher matcher = BARRIER.matcher(text);
        try {
            return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
