package io.quorumfence.record;

/**
 * When to go on, so that proposers part. Safety needs none of this. The waits do not grow with the time the storages
 * take: that was tried in the simulated cell, where it made everybody slower and nobody luckier.
 */
final class Pace {
    private static final long MILLI = 1_000_000L;
    /** Another host's accepted ballot is left alone for this long, once, before it is finished for it. */
    static final long GRACE_NS = 60 * MILLI;

    private static final long STEP_NS = 12 * MILLI;
    /** The window of waits doubles this many times. */
    private static final int DOUBLINGS = 4;

    private final int index;
    private long retryAtNs = Long.MIN_VALUE;
    private int lost;
    private boolean graceSpent;

    Pace(int index) {
        this.index = index;
    }

    Pace(Pace from) {
        index = from.index;
        retryAtNs = from.retryAtNs;
        lost = from.lost;
        graceSpent = from.graceSpent;
    }

    boolean isDue(long nowNs) {
        return nowNs >= retryAtNs;
    }

    /** A version was decided, or nothing is left to do. */
    void rest() {
        lost = 0;
        graceSpent = false;
    }

    /**
     * Whether to wait for the owner of an accepted ballot; only once in a row, or a busy cell would
     * starve this host.
     */
    boolean granted(long nowNs) {
        if (graceSpent) {
            return false;
        }
        graceSpent = true;
        retryAtNs = nowNs + GRACE_NS;
        return true;
    }

    /** The wait after a lost ballot is drawn from a window that doubles; the draw is a function of host and attempt. */
    void backOff(long generation, long nowNs) {
        lost = Math.min(lost + 1, DOUBLINGS);
        long window = STEP_NS << lost;
        retryAtNs = nowNs + STEP_NS / 2 + Math.floorMod(scatter(index + 1_000_003L * generation), window);
    }

    /** The finaliser of SplitMix64: spreads neighbouring numbers over all longs. */
    private static long scatter(long seed) {
        long mixed = seed * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
