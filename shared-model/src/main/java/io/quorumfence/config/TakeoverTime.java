package io.quorumfence.config;

import io.quorumfence.model.Terms;

/**
 * How long an observer waits after the last sign of a host before time alone proves its end (safety.md, time rung):
 * {@code (T_self + T_act + 2 * T_wd) * (1 + rho) / (1 - rho) + margin}. Pure; any thread.
 */
public final class TakeoverTime {
    /** A span no host waits out; small enough that a clock reading added to it does not overflow. */
    public static final long NEVER = Long.MAX_VALUE / 2;

    private static final long MILLION = 1_000_000;

    private TakeoverTime() {}

    /**
     * The span in nanoseconds of the observer's clock, rounded up; {@link #NEVER} when it does not fit.
     *
     * @param terms the suspect's own, the longest among those seen
     * @param rhoPpm bound on the rate error of either clock, parts per million, 0 to 999 999
     */
    public static long ns(Terms terms, int rhoPpm) {
        if (rhoPpm < 0 || rhoPpm >= MILLION) {
            throw new IllegalArgumentException("rho must be 0 to 999999 parts per million, not " + rhoPpm);
        }
        try {
            long twiceWatchdog = Math.multiplyExact(2L, terms.watchdogNs());
            long span = Math.addExact(Math.addExact(terms.selfNs(), terms.actNs()), twiceWatchdog);
            // (1 + rho) / (1 - rho) = 1 + 2 * rho / (1 - rho)
            long drift = ceilDiv(Math.multiplyExact(span, 2L * rhoPpm), MILLION - rhoPpm);
            return Math.min(NEVER, Math.addExact(Math.addExact(span, drift), terms.marginNs()));
        } catch (ArithmeticException tooLong) {
            return NEVER;
        }
    }

    private static long ceilDiv(long dividend, long divisor) {
        return dividend == 0 ? 0 : (dividend - 1) / divisor + 1;
    }
}
