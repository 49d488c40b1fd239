package io.quorumfence.lab.demo;

import java.io.PrintStream;
import java.util.Locale;

/** Lines for a person, in colour where there is a terminal; a standing one is written over by the next. */
final class Screen {
    private static final String GREEN = "\033[32m";
    private static final String RED = "\033[31m";
    private static final String BOLD = "\033[1m";
    private static final String DIM = "\033[2m";
    private static final String PLAIN = "\033[0m";

    private final PrintStream out;
    private final boolean terminal;
    private final long zeroNs = System.nanoTime();
    private boolean standing;

    Screen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    synchronized void title(String text) {
        line("");
        line(paint(BOLD, text));
    }

    synchronized void line(String text) {
        settle();
        out.println(text);
        out.flush();
    }

    /** What the cell does by itself, with the time since the beginning. */
    synchronized void event(String text) {
        event(System.nanoTime(), text);
    }

    /** The same of something that is known only now, on System.nanoTime's clock. */
    synchronized void event(long atNs, String text) {
        line(paint(DIM, String.format(Locale.ROOT, "  %6.1f s  %s", (atNs - zeroNs) / 1e9, text)));
    }

    synchronized void good(String text) {
        line(paint(GREEN, "  ✓ ") + text);
    }

    synchronized void bad(String text) {
        line(paint(RED, "  ✗ ") + text);
    }

    /** A line that the next one of its kind replaces; without a terminal it is not shown at all. */
    synchronized void standing(String text) {
        if (terminal) {
            out.print("\r\033[K  " + text);
            out.flush();
            standing = true;
        }
    }

    private void settle() {
        if (standing) {
            out.print("\r\033[K");
            standing = false;
        }
    }

    private String paint(String colour, String text) {
        return terminal ? colour + text + PLAIN : text;
    }
}
