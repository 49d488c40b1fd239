package io.quorumfence.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Draws the faults of a story from real life; lengths are true seconds, whatever the cell's deadlines are. */
final class StoryPlan {
    private static final long SECOND = 1_000 * SimCell.MILLI;

    private final SplittableRandom random;
    private final int hosts;
    private final int storages;
    private final int planes;
    private final List<Fault> faults = new ArrayList<>();

    StoryPlan(SplittableRandom random, int hosts, int storages, int planes) {
        this.random = random;
        this.hosts = hosts;
        this.storages = storages;
        this.planes = planes;
    }

    /** Stalls of 1 to 60 s, most of them short, with a few seconds between them. */
    static List<long[]> stalls(SplittableRandom random, long startNs, long untilNs) {
        List<long[]> stalls = new ArrayList<>();
        long at = startNs;
        while (at < untilNs) {
            double seconds = Math.min(60, 1 - 12 * Math.log(1 - random.nextDouble()));
            long span = (long) (seconds * SECOND);
            stalls.add(new long[] {at, span});
            at += span + 3 * SECOND + random.nextLong(20 * SECOND);
        }
        return stalls;
    }

    List<Fault> draw(Story story, long start) {
        int host = random.nextInt(hosts);
        switch (story) {
            case RESYNC_ONE ->
                stalls(random, start, start + 90 * SECOND)
                        .forEach(stall -> add(Fault.Kind.STORAGES_HANG, stall[0], stall[1], host, 0));
            case RESYNC_ALL ->
                stalls(random, start, start + 90 * SECOND)
                        .forEach(stall -> everybody(Fault.Kind.STORAGES_HANG, stall[0], stall[1]));
            case NFS_FAILOVER -> everybody(Fault.Kind.STORAGES_HANG, start, 25 * SECOND);
            case SWITCH_REBOOT -> everybody(Fault.Kind.NETWORK_CUT, start, SECOND + random.nextLong(89 * SECOND));
            case RACK_POWER -> rack(start, host);
            case SWAP_PAUSES -> swap(start, host);
            case FLAPPING_LINK -> flapping(start, host);
            case RESTART_BURST -> burst(start, host);
            case ONE_WAY_CUT -> oneWay(start, host);
            case CLOCK_STEPS -> clocks(start);
            case WITNESS_LOSS -> losses(start, host);
            case ROLLING_CHANGE -> rolling(start, host);
            case STORAGE_RESTORED -> restored(start, host);
            case OPERATORS -> operators(start, host);
            default -> throw new IllegalStateException(story + " is drawn elsewhere");
        }
        return faults;
    }

    private void add(Fault.Kind kind, long atNs, long forNs, int host, int other) {
        faults.add(new Fault(kind, atNs, forNs, host, other));
    }

    private void everybody(Fault.Kind kind, long atNs, long forNs) {
        for (int host = 0; host < hosts; host++) {
            add(kind, atNs + random.nextLong(50 * SimCell.MILLI), forNs, host, 0);
        }
    }

    private void rack(long start, int first) {
        int lost = 1 + random.nextInt(Math.max(1, hosts / 2));
        long back = random.nextBoolean() ? Fault.FOR_GOOD : 30 * SECOND + random.nextLong(120 * SECOND);
        for (int i = 0; i < lost; i++) {
            add(Fault.Kind.POWER_LOSS, start + random.nextLong(100 * SimCell.MILLI), back, (first + i) % hosts, 0);
        }
    }

    private void swap(long start, int host) {
        long at = start;
        for (int i = 0; i < 4; i++) {
            long span = SECOND + random.nextLong(29 * SECOND);
            boolean whole = random.nextInt(3) == 0;
            add(whole ? Fault.Kind.FREEZE : Fault.Kind.JVM_PAUSE, at, span, host, 0);
            at += span + SECOND + random.nextLong(10 * SECOND);
        }
    }

    private void flapping(long start, int host) {
        long at = start;
        for (int i = 0; i < 15; i++) {
            long down = 200 * SimCell.MILLI + random.nextLong(5 * SECOND);
            add(Fault.Kind.NETWORK_CUT, at, down, host, 0);
            at += down + 200 * SimCell.MILLI + random.nextLong(4 * SECOND);
        }
    }

    private void burst(long start, int host) {
        add(Fault.Kind.POWER_LOSS, start, Fault.FOR_GOOD, host, 0);
        for (int i = 1; i < hosts; i++) {
            int other = (host + i) % hosts;
            for (int storage = 0; storage < storages; storage++) {
                add(Fault.Kind.STORAGE_SLOW, start + 5 * SECOND, 20 * SECOND, other, storage);
            }
            add(
                    Fault.Kind.JVM_PAUSE,
                    start + 6 * SECOND + random.nextLong(10 * SECOND),
                    random.nextLong(SECOND),
                    other,
                    0);
        }
    }

    private void oneWay(long start, int host) {
        for (int i = 1; i < hosts; i++) {
            int other = (host + i) % hosts;
            if (random.nextInt(3) > 0) {
                boolean deaf = random.nextBoolean();
                long span = 5 * SECOND + random.nextLong(60 * SECOND);
                add(Fault.Kind.DEAF_TO_PEER, start, span, deaf ? host : other, deaf ? other : host);
            }
        }
        if (planes > 1 && random.nextBoolean()) {
            add(Fault.Kind.PLANE_CUT, start + 2 * SECOND, 10 * SECOND, host, random.nextInt(planes));
        }
    }

    private void losses(long start, int host) {
        long at = start;
        while (at < start + 120 * SECOND) {
            long gone = 5 * SECOND + random.nextLong(20 * SECOND);
            add(Fault.Kind.ISOLATION, at, gone, host, 0);
            at += gone + 3 * SECOND + random.nextLong(12 * SECOND);
        }
    }

    private static int change(SplittableRandom random) {
        return random.nextInt(ConfigChange.values().length);
    }

    private void rolling(long start, int host) {
        long at = start;
        int rounds = 1 + random.nextInt(2);
        for (int i = 0; i < rounds; i++) {
            long down = (1 + random.nextLong(500)) * SimCell.MILLI;
            add(Fault.Kind.ROLLING_CHANGE, at, down, host, change(random));
            at += hosts * (down + 3 * SECOND) + random.nextLong(10 * SECOND);
        }
    }

    private void restored(long start, int host) {
        long back = 100 * SimCell.MILLI + random.nextLong(20 * SECOND);
        int storage = random.nextInt(storages);
        add(Fault.Kind.STORAGE_GOES_BACK, start, back, host, storage);
        if (random.nextBoolean()) {
            add(Fault.Kind.STORAGE_HANGS_FOR_ALL, start + back - SECOND, 2 * SECOND, host, storage);
        }
    }

    private void operators(long start, int host) {
        add(Fault.Kind.POWER_LOSS, start, random.nextBoolean() ? Fault.FOR_GOOD : 30 * SECOND, host, 0);
        for (int i = 0; i < 4; i++) {
            long at = start - 2 * SECOND + random.nextLong(25 * SECOND);
            boolean permit = random.nextInt(3) == 0;
            Fault.Kind kind = permit ? Fault.Kind.PERMIT_ENDED : Fault.Kind.CONFIG_CHANGE;
            int change = ConfigChange.LONGER.ordinal() + random.nextInt(2);
            add(kind, at, (1 + random.nextLong(3_000)) * SimCell.MILLI, random.nextInt(hosts), change);
        }
    }

    private void clocks(long start) {
        for (int host = 0; host < hosts; host++) {
            for (int i = 0; i < 6; i++) {
                add(Fault.Kind.CLOCK_RATE, start + random.nextLong(60 * SECOND), 0, host, random.nextInt(3) - 1);
            }
        }
    }
}
