package io.quorumfence.sim;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Deadlines;
import io.quorumfence.config.TakeoverTime;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.Terms;
import io.quorumfence.model.WatchdogKind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws faults so that the narrow places are hit often: most runs take one host off both planes, and what else happens
 * lies around the deadlines that this sets going, just before, at and just after them.
 */
final class FaultPlan {
    private static final Fault.Kind[] SEVERE = {
        Fault.Kind.POWER_LOSS, Fault.Kind.ISOLATION, Fault.Kind.FREEZE, Fault.Kind.AGENT_CRASH, Fault.Kind.JVM_PAUSE
    };
    private static final Fault.Kind[] ANY = Fault.Kind.values();
    private static final long[] OFFSETS_MS = {-800, -100, -10, -1, 0, 0, 1, 10, 100, 800};

    private final SplittableRandom random;
    private final CellConfig cell;
    private final long[] edges;
    private final long takeoverNs;
    private final List<Fault> faults = new ArrayList<>();

    FaultPlan(SplittableRandom random, CellConfig cell) {
        this.random = random;
        this.cell = cell;
        Deadlines d = cell.deadlines();
        boolean reboots = cell.action() == SelfFenceAction.REBOOT;
        long act = reboots ? 0 : d.act().toNanos();
        long self = d.self().toNanos();
        long watchdog = d.watchdog().toNanos();
        takeoverNs = TakeoverTime.ns(
                new Terms(
                        cell.action(),
                        self,
                        act,
                        watchdog,
                        WatchdogKind.DEVICE,
                        true,
                        d.suspect().toNanos(),
                        d.margin().toNanos()),
                cell.rhoPpm());
        edges = new long[] {
            d.beat().toNanos(),
            d.suspect().toNanos(),
            d.suspect().toNanos() + 300 * SimCell.MILLI,
            self,
            self + act,
            self + act + watchdog,
            self + act + 2 * watchdog,
            takeoverNs,
            cell.flight().toNanos()
        };
    }

    long takeoverNs() {
        return takeoverNs;
    }

    List<Fault> draw() {
        long start = Schedule.WARM_UP_NS + random.nextLong(2_000 * SimCell.MILLI);
        int victim = host();
        if (random.nextInt(8) > 0) {
            Fault.Kind kind = SEVERE[random.nextInt(SEVERE.length)];
            add(kind, start, victim);
            if (random.nextInt(3) == 0) {
                add(SEVERE[random.nextInt(SEVERE.length)], start + edge(), victim);
            }
        }
        int more = random.nextInt(5);
        for (int i = 0; i < more; i++) {
            long at = start + (random.nextInt(3) == 0 ? random.nextLong(takeoverNs) : edge());
            int struck = random.nextInt(3) == 0 ? victim : host();
            add(ANY[random.nextInt(ANY.length)], Math.max(Schedule.WARM_UP_NS, at), struck);
        }
        return List.copyOf(faults);
    }

    private int host() {
        return random.nextInt(cell.members().size());
    }

    /** A deadline of this cell, or two together, and a little beside it. */
    private long edge() {
        long base = edges[random.nextInt(edges.length)];
        if (random.nextInt(4) == 0) {
            base += edges[random.nextInt(edges.length)];
        }
        return Math.max(0, base + OFFSETS_MS[random.nextInt(OFFSETS_MS.length)] * SimCell.MILLI);
    }

    private long duration() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong(1, 500) * SimCell.MILLI;
            case 1 -> random.nextLong(1, 30_000) * SimCell.MILLI;
            default -> edge();
        };
    }

    private void add(Fault.Kind kind, long atNs, int host) {
        long span = duration();
        int other = 0;
        switch (kind) {
            case POWER_LOSS -> span = random.nextInt(2) == 0 ? Fault.FOR_GOOD : span;
            case ISOLATION -> span = random.nextInt(3) == 0 ? Fault.FOR_GOOD : span;
            case AGENT_CRASH -> {
                span = random.nextInt(6) == 0 ? Fault.FOR_GOOD : span;
                other = random.nextInt(5);
            }
            case JVM_PAUSE -> other = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0;
            case FREEZE, KEEPER_STOP -> other = random.nextInt(2);
            case PLANE_CUT -> other = random.nextInt(cell.planes().size());
            case DEAF_TO_PEER, PEER_PAIR_CUT ->
                other = (host + 1 + random.nextInt(cell.members().size() - 1))
                        % cell.members().size();
            case STORAGE_HANGS, STORAGE_HANGS_FOR_ALL, STORAGE_FAILS, STORAGE_SLOW, LANE_DEATH ->
                other = random.nextInt(cell.storages().size());
            default -> {}
        }
        faults.add(new Fault(kind, atNs, span, host, other));
    }
}
