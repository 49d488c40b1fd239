package io.quorumfence.record.sim;

import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import java.util.SplittableRandom;

/**
 * What one seed draws: the size of the cell and which faults it meets. Every fault is off in some schedules, so that
 * each is also seen alone. Times are virtual nanoseconds, rates are chances per operation or per round of trouble.
 *
 * @param requestsPerHost requests each host makes before the calm
 * @param opNs typical time of one step of an operation; what else takes time grows with it on slow storages
 * @param room bytes of a ballot block, by {@link #bytesOf}; small enough to be filled in some schedules
 * @param busy in the end all hosts but one ask again at every answer, until that one has its answers; then
 *     no lane is slow, for on a slow one a host may well lose every race against a cell that never rests
 * @param steady every step takes the same time, so that chance does not part two proposers
 * @param slowLane chance that one host's way to one storage is several times slower than the others
 * @param calmNs from here on nothing new goes wrong and what hangs ends soon
 */
record Weather(
        int hosts,
        int storages,
        int requestsPerHost,
        long opNs,
        long tickNs,
        long calmNs,
        int room,
        boolean busy,
        boolean steady,
        double slowLane,
        double hang,
        double fail,
        double unreadable,
        double torn,
        double crash,
        double powerLoss,
        double pause) {
    static final long MILLI = 1_000_000L;

    private static final int[] STORAGES = {1, 3, 3, 3, 5};

    static Weather of(SplittableRandom chance) {
        long opNs = opNs(chance);
        boolean busy = chance.nextInt(4) == 0;
        return new Weather(
                2 + chance.nextInt(4),
                STORAGES[chance.nextInt(STORAGES.length)],
                1 + chance.nextInt(5),
                opNs,
                (4 + chance.nextInt(20)) * MILLI,
                (long) ((150 + chance.nextInt(600)) * MILLI * stretch(opNs)),
                chance.nextInt(5) == 0 ? 1_200 + chance.nextInt(2_500) : Integer.MAX_VALUE,
                busy,
                chance.nextInt(6) == 0,
                busy ? 0 : sometimes(chance, 0.4),
                sometimes(chance, 0.15),
                sometimes(chance, 0.15),
                sometimes(chance, 0.05),
                sometimes(chance, 0.5),
                sometimes(chance, 0.6),
                sometimes(chance, 1),
                sometimes(chance, 0.3));
    }

    /** A simple stand-in for the bytes of a block. */
    static int bytesOf(BallotBlock block) {
        return bytesOf(block.decided())
                + block.candidate().map(Weather::bytesOf).orElse(0)
                + Long.BYTES * 4;
    }

    private static int bytesOf(CellRecord record) {
        return 200 + 80 * record.claims().size() + 80 * record.permits().size();
    }

    /** Mostly quick storages, some under load, a few that crawl. */
    private static long opNs(SplittableRandom chance) {
        int kind = chance.nextInt(20);
        int most = kind == 0 ? 400 : kind < 4 ? 40 : 6;
        return (1 + chance.nextInt(most)) * MILLI;
    }

    private static double stretch(long opNs) {
        return Math.max(1.0, opNs / (4.0 * MILLI));
    }

    /** Some time between the two, in milliseconds of a quick storage. */
    long between(SplittableRandom chance, int fromMs, int toMs) {
        return (long) ((fromMs + chance.nextInt(toMs - fromMs + 1)) * MILLI * stretch(opNs));
    }

    private static double sometimes(SplittableRandom chance, double most) {
        return chance.nextInt(3) == 0 ? 0 : chance.nextDouble() * most;
    }
}
