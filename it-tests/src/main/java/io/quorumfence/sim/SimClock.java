package io.quorumfence.sim;

/**
 * A host's CLOCK_MONOTONIC_RAW: begins near zero with each kernel boot and runs at its own rate. Nobody may compare two
 * hosts' readings, and nobody can.
 */
final class SimClock {
    static final long MILLION = 1_000_000L;

    private int ratePpm;
    private long bootTrueNs;
    private long offsetNs;

    SimClock(int ratePpm) {
        this.ratePpm = ratePpm;
    }

    void boot(long trueNs, long offset) {
        bootTrueNs = trueNs;
        offsetNs = offset;
    }

    /** From now on it runs at another rate; the reading is the same at this moment. */
    void changeRate(long trueNs, int ppm) {
        offsetNs = read(trueNs);
        bootTrueNs = trueNs;
        ratePpm = ppm;
    }

    /** The reading at a true time. */
    long read(long trueNs) {
        long span = trueNs - bootTrueNs;
        return offsetNs + span + Math.floorDiv(span * ratePpm, MILLION);
    }

    /** First true time at which the reading is at least this. */
    long trueAt(long localNs) {
        long span = localNs - offsetNs;
        long guess = bootTrueNs + span - Math.floorDiv(span * ratePpm, MILLION + ratePpm) - 2;
        while (read(guess) < localNs) {
            guess++;
        }
        return guess;
    }
}
