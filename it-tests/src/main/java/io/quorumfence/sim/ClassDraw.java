package io.quorumfence.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Operators who take VMs out of protection and put them back, mostly around the moment at which something else goes
 * wrong. Drawn from a sequence of its own, so that a seed keeps the schedule it had before.
 */
final class ClassDraw {
    private static final long SALT = 0x1640_12ed_c1a5_0001L;

    private final SplittableRandom random;
    private final boolean drawn;

    /** @param live whether the cell is asked to come to rest: an exempt VM is not asked to come back */
    ClassDraw(long seed, Story story, boolean live) {
        random = new SplittableRandom(seed ^ SALT);
        drawn = story == Story.ANY && !live && random.nextInt(4) == 0;
    }

    List<Fault> faults(List<Fault> plain, int hosts, long untilNs) {
        if (!drawn) {
            return plain;
        }
        List<Fault> faults = new ArrayList<>(plain);
        int vms = 1 + random.nextInt(2);
        for (int i = 0; i < vms; i++) {
            int vm = random.nextInt(hosts);
            long at = Schedule.WARM_UP_NS - 500 * SimCell.MILLI + random.nextLong(1_500 * SimCell.MILLI);
            int changes = 1 + random.nextInt(4);
            for (int n = 0; n < changes; n++) {
                Fault.Kind kind = n % 2 == 0 ? Fault.Kind.VM_IGNORED : Fault.Kind.VM_PROTECTED;
                faults.add(new Fault(kind, at, 0, random.nextInt(hosts), vm));
                at += beside(plain, at, untilNs);
            }
        }
        return faults;
    }

    /** Until the next change: a moment beside another fault, or any. */
    private long beside(List<Fault> plain, long fromNs, long untilNs) {
        long left = Math.max(1, untilNs - fromNs);
        if (plain.isEmpty() || random.nextInt(3) == 0) {
            return random.nextLong(left);
        }
        long near = plain.get(random.nextInt(plain.size())).atNs() - fromNs;
        return Math.max(0, near) + random.nextLong(Math.min(left, 3_000 * SimCell.MILLI));
    }
}
