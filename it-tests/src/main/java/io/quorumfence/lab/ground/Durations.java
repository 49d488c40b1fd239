package io.quorumfence.lab.ground;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 300ms}, {@code 3s}, {@code 1.5s}, {@code 2m}. A bare number is refused. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*(ms|s|m)");

    private Durations() {}

    public static Duration parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no duration (300ms, 3s, 1.5s, 2m)");
        }
        double unit = switch (form.group(2)) {
            case "ms" -> 1;
            case "s" -> 1_000;
            default -> 60_000;
        };
        return Duration.ofMillis(Math.round(Double.parseDouble(form.group(1)) * unit));
    }

    /** {@code 850ms} below a second, else seconds with one digit. */
    public static String show(Duration duration) {
        long millis = duration.toMillis();
        return millis < 1000 ? millis + "ms" : String.format(Locale.ROOT, "%.1fs", millis / 1000.0);
    }
}
