package io.quorumfence.record.sim;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** Runs seeds and says how to run one again. */
public final class Schedules {
    /** Runs this seed alone, with its trace. */
    static final String SEED = "qf.register.seed";
    /** How many seeds a run takes. */
    static final String COUNT = "qf.register.seeds";

    private static final long FIRST = 1;
    private static final int DEFAULT_COUNT = 24_000;

    private Schedules() {}

    /** Runs the ordinary seeds, or the one that is asked for. */
    public static void runOrReplay() {
        Long one = Long.getLong(SEED);
        if (one != null) {
            run(one, Mutant.NONE, true);
            return;
        }
        int count = Integer.getInteger(COUNT, DEFAULT_COUNT);
        List<Judge.Score> scores = LongStream.range(FIRST, FIRST + count)
                .parallel()
                .mapToObj(seed -> run(seed, Mutant.NONE, false))
                .toList();
        Judge.Score total = new Judge.Score();
        scores.forEach(total::add);
        System.out.println(count + " schedules: " + total);
        if (total.isQuiet(count)) {
            throw new AssertionError("the schedules hardly decide anything: " + total);
        }
    }

    static Judge.Score run(long seed, Mutant mutant, boolean tracing) {
        try {
            return new World(seed, mutant, tracing).run().score();
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "schedule " + seed + ": " + e.getMessage() + "\nreplay it with its trace: mvn -q -pl shared-model"
                            + " test -Dtest=RegisterSchedulesTest -D" + SEED + "=" + seed,
                    e);
        }
    }

    /** The first seed in which a mutant breaks safety; one that only takes for ever does not count. */
    static OptionalLong firstCaught(Mutant mutant, long seeds) {
        return LongStream.range(FIRST, FIRST + seeds)
                .filter(seed -> breaksSafety(seed, mutant))
                .findFirst();
    }

    private static boolean breaksSafety(long seed, Mutant mutant) {
        try {
            new World(seed, mutant, false).run();
            return false;
        } catch (Broken e) {
            return !e.isOnlyLiveness();
        }
    }
}
