package io.quorumfence.sim;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Deadlines;
import io.quorumfence.model.SelfFenceAction;
import java.util.ArrayList;
import java.util.Arrays;
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
    private static final Fault.Kind[] STALLS = {
        Fault.Kind.STORAGES_HANG,
        Fault.Kind.STORAGE_HANGS,
        Fault.Kind.STORAGE_HANGS_FOR_ALL,
        Fault.Kind.STORAGE_SLOW,
        Fault.Kind.STORAGE_FAILS
    };
    private static final Fault.Kind[] NETWORK = {
        Fault.Kind.PLANE_CUT,
        Fault.Kind.NETWORK_CUT,
        Fault.Kind.DEAF_TO_PEER,
        Fault.Kind.PEER_PAIR_CUT,
        Fault.Kind.LOSSY,
        Fault.Kind.DUPLICATES,
        Fault.Kind.SLOW_NETWORK
    };
    private static final Fault.Kind[] ANY = Arrays.stream(Fault.Kind.values())
            .filter(kind -> kind.compareTo(Fault.Kind.CONFIG_CHANGE) < 0) // the others come in their own plans
            .toArray(Fault.Kind[]::new);
    private static final long[] OFFSETS_MS = {-800, -100, -10, -1, 0, 0, 1, 10, 100, 800};

    private final SplittableRandom random;
    private final CellConfig cell;
    private final Story story;
    private final long[] edges;
    private final long takeoverNs;
    private final List<Fault> faults = new ArrayList<>();

    FaultPlan(SplittableRandom random, CellConfig cell, Story story) {
        this.random = random;
        this.story = story;
        this.cell = cell;
        Deadlines d = cell.deadlines();
        long act = cell.action() == SelfFenceAction.REBOOT ? 0 : d.act().toNanos();
        long self = d.self().toNanos();
        long watchdog = d.watchdog().toNanos();
        takeoverNs = SimCell.takeoverNs(cell);
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
        switch (story) {
            case ANY -> anything(start);
            case POWER_LOSS -> faults.add(new Fault(Fault.Kind.POWER_LOSS, start, Fault.FOR_GOOD, host(), 0));
            case AGENT_TROUBLE -> agentTrouble(start);
            case STORAGE_STALLS -> several(start, 4, STALLS, 60_000);
            case NETWORK_TROUBLE -> several(start, 6, NETWORK, 30_000);
            default ->
                faults.addAll(new StoryPlan(
                                random,
                                cell.members().size(),
                                cell.storages().size(),
                                cell.planes().size())
                        .draw(story, start));
        }
        return List.copyOf(faults);
    }

    private void anything(long start) {
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
    }

    /** Short enough that the lease outlives it, each for itself; a sibling's shell acts once T_suspect is over. */
    private void agentTrouble(long start) {
        boolean shells = cell.members().stream().anyMatch(member -> member.ssh().isPresent());
        long end = (shells ? cell.deadlines().suspect() : cell.deadlines().self()).toNanos();
        long longest = end - (shells ? 2 : 3) * cell.deadlines().beat().toNanos();
        int host = host();
        long gap = 0;
        for (int i = 0; i < 3; i++) {
            Fault.Kind kind = random.nextBoolean() ? Fault.Kind.AGENT_CRASH : Fault.Kind.JVM_PAUSE;
            long span = 1 + random.nextLong(longest);
            faults.add(new Fault(kind, start + gap, span, host, 0));
            gap += span + 10_000 * SimCell.MILLI;
        }
    }

    private void several(long start, int most, Fault.Kind[] kinds, long longestMs) {
        int number = 1 + random.nextInt(most);
        for (int i = 0; i < number; i++) {
            long span = (1 + random.nextLong(longestMs)) * SimCell.MILLI;
            add(kinds[random.nextInt(kinds.length)], start + random.nextLong(20_000) * SimCell.MILLI, host());
            Fault last = faults.remove(faults.size() - 1);
            faults.add(new Fault(last.kind(), last.atNs(), span, last.host(), last.other()));
        }
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
