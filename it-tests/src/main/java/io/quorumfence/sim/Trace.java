package io.quorumfence.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The readable timeline of a run; costs nothing while it is off. */
final class Trace {
    private final boolean on;
    private final List<String> lines = new ArrayList<>();

    Trace(boolean on) {
        this.on = on;
    }

    boolean isOn() {
        return on;
    }

    void note(long nowNs, String line) {
        if (on) {
            lines.add(String.format(Locale.ROOT, "%10.4f %s", nowNs / 1e9, line));
        }
    }

    List<String> lines() {
        return lines;
    }
}
