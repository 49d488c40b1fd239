package io.quorumfence.sim;

import java.util.ArrayList;
import java.util.List;

/** Leaves out faults one by one as long as the same invariant still breaks. */
final class Shrink {
    private Shrink() {}

    static Schedule of(Schedule failing) {
        String invariant = broken(failing);
        if (invariant.isEmpty()) {
            return failing;
        }
        Schedule best = failing;
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (int i = 0; i < best.faults().size(); i++) {
                List<Fault> fewer = new ArrayList<>(best.faults());
                fewer.remove(i);
                Schedule candidate = best.with(fewer);
                if (broken(candidate).equals(invariant)) {
                    best = candidate;
                    smaller = true;
                    break;
                }
            }
        }
        return best;
    }

    /** The first broken invariant, empty when all hold. */
    private static String broken(Schedule schedule) {
        List<Violation> violations = new Run(schedule, false).go().violations();
        return violations.isEmpty() ? "" : violations.get(0).invariant();
    }
}
