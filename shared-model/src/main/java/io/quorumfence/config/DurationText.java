package io.quorumfence.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as an operator writes and reads them: a whole number and a unit. Pure; any thread. */
public final class DurationText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private DurationText() {}

    /** @throws ConfigException that names the key */
    public static Duration parse(String key, String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            long amount = Long.parseLong(form.group(1));
            return switch (form.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
        }
        String why = NUMBER.matcher(text).matches() ? "has no unit" : "is no duration";
        throw new ConfigException(
                key + ": '" + text + "' " + why + "; write a whole number and ms, s, m or h, such as 500ms or 2s");
    }

    /** The shortest exact text, or milliseconds rounded up. */
    public static String of(Duration duration) {
        long ms = duration.toNanos() / 1_000_000 + (duration.toNanos() % 1_000_000 == 0 ? 0 : 1);
        if (ms == 0 || ms % 1000 != 0) {
            return ms + "ms";
        }
        return ms % 60_000 == 0 ? ms / 60_000 + "m" : ms / 1000 + "s";
    }
}
