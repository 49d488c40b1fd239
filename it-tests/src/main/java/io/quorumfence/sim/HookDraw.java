package io.quorumfence.sim;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Hook;
import io.quorumfence.config.HookMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a seed decides of the hook: cells in which every host enforces it, and people who start VMs behind everybody's
 * back there, on two hosts in the same instant too. Drawn from a sequence of its own.
 */
final class HookDraw {
    private static final long SALT = 0x400c_a5ced_0001L;

    private static final long MOVES_SALT = 0x400c_a5ced_0013L;

    private final SplittableRandom random;
    /** Apart, so that a seed keeps the schedule it had before. */
    private final SplittableRandom moves;

    private final boolean live;
    private final boolean drawn;

    /** @param live whether the cell is asked to come to rest: then nobody starts what nobody knows of */
    HookDraw(long seed, Story story, boolean live) {
        random = new SplittableRandom(seed ^ SALT);
        moves = new SplittableRandom(seed ^ MOVES_SALT);
        this.live = live;
        drawn = story == Story.ANY && random.nextInt(live ? 8 : 4) == 0;
    }

    List<CellConfig> configs(List<CellConfig> plain) {
        if (!drawn) {
            return plain;
        }
        Hook hook = new Hook(HookMode.ENFORCE, Duration.ofMillis(1_000 + random.nextLong(2_000)));
        return plain.stream().map(one -> one.hooked(hook)).toList();
    }

    List<Fault> faults(List<Fault> plain, int hosts, long untilNs) {
        if (!drawn || live) {
            return plain;
        }
        List<Fault> faults = new ArrayList<>(plain);
        int starts = 1 + random.nextInt(8);
        for (int i = 0; i < starts; i++) {
            boolean beside = !plain.isEmpty() && random.nextBoolean();
            long near = beside ? plain.get(random.nextInt(plain.size())).atNs() : Schedule.WARM_UP_NS;
            long at = near + random.nextLong(beside ? 2_000 * SimCell.MILLI : Math.max(1, untilNs - near));
            int vm = random.nextInt(hosts);
            int host = random.nextInt(hosts);
            faults.add(new Fault(Fault.Kind.RAW_START, at, 0, host, vm));
            if (random.nextBoolean()) {
                long later = random.nextInt(3) == 0 ? random.nextLong(300 * SimCell.MILLI) : 0;
                faults.add(new Fault(Fault.Kind.RAW_START, at + later, 0, (host + 1) % hosts, vm));
            }
            if (random.nextInt(3) == 0) {
                faults.add(new Fault(Fault.Kind.VM_STOPS, at + random.nextLong(3_000 * SimCell.MILLI), 0, host, 0));
            }
        }
        migrations(plain, faults, hosts, untilNs);
        return faults;
    }

    /** Beside starts and faults, and back again at once. */
    private void migrations(List<Fault> plain, List<Fault> faults, int hosts, long untilNs) {
        int count = moves.nextInt(3) > 0 ? moves.nextInt(6) : 0;
        for (int i = 0; i < count; i++) {
            boolean beside = !plain.isEmpty() && moves.nextInt(3) > 0;
            long near = beside ? plain.get(moves.nextInt(plain.size())).atNs() : Schedule.WARM_UP_NS;
            long span = beside ? 6_000 * SimCell.MILLI : Math.max(1, untilNs - near);
            long at = Math.max(Schedule.WARM_UP_NS, near - span / 2 + moves.nextLong(span));
            int from = moves.nextInt(hosts);
            int to = moves.nextInt(hosts);
            faults.add(new Fault(Fault.Kind.MIGRATION, at, 0, from, to));
            if (moves.nextInt(3) == 0) {
                long later = moves.nextLong(1_500 * SimCell.MILLI);
                int next = moves.nextBoolean() ? from : moves.nextInt(hosts);
                faults.add(new Fault(Fault.Kind.MIGRATION, at + later, 0, moves.nextBoolean() ? to : from, next));
            }
        }
    }
}
