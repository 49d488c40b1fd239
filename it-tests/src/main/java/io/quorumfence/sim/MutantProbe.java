package io.quorumfence.sim;

/** The way into a simulator that was loaded anew: plain types only, for its classes are not the caller's. */
public final class MutantProbe {
    private MutantProbe() {}

    /** What a scripted schedule breaks; empty when all held, or when it did not get to its end. */
    public static String attack(String name) {
        try {
            return Attack.named(name).play().get();
        } catch (RuntimeException e) {
            if (Boolean.getBoolean("qf.sim.print")) {
                e.printStackTrace();
            }
            return "";
        }
    }

    /** The first broken invariant with its seed, as {@code I1 seed 42}; empty when every seed holds. */
    public static String firstBroken(long from, long seeds) {
        for (long seed = from; seed < from + seeds; seed++) {
            Run.Result result = new Run(Schedule.of(seed, Schedule.Wish.NONE), false).go();
            if (!result.violations().isEmpty()) {
                return result.violations().get(0).invariant() + " seed " + seed;
            }
        }
        return "";
    }
}
