package io.quorumfence.sim;

import io.quorumfence.config.CellConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What a schedule gets on top of its faults: strikes beside deadlines that really run, operators, storages that come
 * back old, large cells. Drawn from a chance of its own, so that a seed keeps the schedule it had before.
 */
final class ExtraPlan {
    /** Permits live that long as a rule; a schedule is over by then. */
    static final long LONG_TTL_MS = 60_000;

    private static final long SALT = 0x51F7_7E5E_ED00_0001L;
    private static final long WORDS_SALT = 0x0DEA_DC0F_EE00_0001L;
    private static final Fault.Kind[] BESIDE_DEADLINES = {
        Fault.Kind.POWER_LOSS,
        Fault.Kind.FREEZE,
        Fault.Kind.AGENT_CRASH,
        Fault.Kind.JVM_PAUSE,
        Fault.Kind.KEEPER_STOP,
        Fault.Kind.ISOLATION,
        Fault.Kind.STORAGES_HANG,
        Fault.Kind.NETWORK_CUT,
        Fault.Kind.JOURNAL_BROKEN,
        Fault.Kind.CONFIG_CHANGE
    };
    private static final Fault.Kind[] OPERATORS = {
        Fault.Kind.CONFIG_CHANGE, Fault.Kind.CONFIG_CHANGE, Fault.Kind.ROLLING_CHANGE, Fault.Kind.PERMIT_ENDED
    };
    private static final long[] OFFSETS_US = {-100_000, -5_000, -1_000, -1, 0, 1, 1_000, 5_000, 100_000};

    private final SplittableRandom random;
    /** Drawn apart as well, for the same reason. */
    private final SplittableRandom words;

    ExtraPlan(long seed) {
        random = new SplittableRandom(seed ^ SALT);
        words = new SplittableRandom(seed ^ WORDS_SALT);
    }

    /** Now and then a large cell. */
    int hosts(int drawn) {
        int chance = random.nextInt(16_384);
        return chance == 0 ? 64 : chance < 8 ? 8 + random.nextInt(25) : drawn;
    }

    /** At times so short that a permit runs out in the hands of its caller. */
    long permitTtlMs() {
        return random.nextInt(6) == 0 ? 2_000 + random.nextInt(8_000) : LONG_TTL_MS;
    }

    List<Fault> draw(List<Fault> drawn, CellConfig cell) {
        List<Fault> extra = new ArrayList<>();
        int hosts = cell.members().size();
        int victim = drawn.isEmpty() ? random.nextInt(hosts) : drawn.get(0).host();
        long start = drawn.isEmpty() ? Schedule.WARM_UP_NS : drawn.get(0).atNs();
        long takeover = SimCell.takeoverNs(cell);
        if (random.nextInt(4) == 0) {
            int strikes = 1 + random.nextInt(2);
            for (int i = 0; i < strikes; i++) {
                extra.add(beside(start + cell.deadlines().beat().toNanos(), victim, hosts));
            }
        }
        if (random.nextInt(12) == 0) {
            Fault.Kind kind = OPERATORS[random.nextInt(OPERATORS.length)];
            long at = start - 1_000 * SimCell.MILLI + random.nextLong(takeover);
            int change = random.nextInt(ConfigChange.values().length);
            extra.add(new Fault(
                    kind, at, editNs(restartNs()), random.nextInt(3) > 0 ? victim : random.nextInt(hosts), change));
        }
        if (random.nextInt(24) == 0) {
            long at = start - random.nextLong(3_000 * SimCell.MILLI);
            long until = random.nextLong(100 * SimCell.MILLI, 5_000 * SimCell.MILLI + takeover);
            int storage = random.nextInt(cell.storages().size());
            extra.add(new Fault(Fault.Kind.STORAGE_GOES_BACK, at, until, victim, storage));
        }
        words(drawn, extra, takeover);
        return extra;
    }

    /** Somebody goes and looks at a host that has lost its power, sooner or later than the cell makes up its mind. */
    private void words(List<Fault> drawn, List<Fault> extra, long takeover) {
        List<Fault> losses = Stream.concat(drawn.stream(), extra.stream())
                .filter(fault -> fault.kind() == Fault.Kind.POWER_LOSS)
                .toList();
        if (losses.isEmpty() || words.nextInt(4) > 0) {
            return;
        }
        Fault loss = losses.get(words.nextInt(losses.size()));
        int looks = 1 + words.nextInt(2);
        for (int i = 0; i < looks; i++) {
            long at = loss.atNs() + words.nextLong(takeover);
            extra.add(new Fault(Fault.Kind.CONFIRM_DEAD, at, 0, loss.host(), words.nextInt(4) == 0 ? 1 : 0));
        }
    }

    private Fault beside(long lookNs, int victim, int hosts) {
        Aim.Deadline[] deadlines = Aim.Deadline.values();
        Fault.Kind kind = BESIDE_DEADLINES[random.nextInt(BESIDE_DEADLINES.length)];
        long offset = OFFSETS_US[random.nextInt(OFFSETS_US.length)] * 1_000;
        int of = random.nextInt(4) > 0 ? victim : random.nextInt(hosts);
        int struck = random.nextBoolean() ? of : random.nextInt(hosts);
        int other = switch (kind) {
            case FREEZE, KEEPER_STOP -> random.nextInt(2);
            case AGENT_CRASH, JVM_PAUSE -> random.nextInt(4);
            case CONFIG_CHANGE -> random.nextInt(ConfigChange.values().length);
            default -> 0;
        };
        long span = kind == Fault.Kind.POWER_LOSS && random.nextBoolean() ? Fault.FOR_GOOD : restartNs();
        span = kind == Fault.Kind.CONFIG_CHANGE ? editNs(span) : span;
        Aim aim = new Aim(deadlines[random.nextInt(deadlines.length)], of, offset);
        return new Fault(kind, lookNs, span, struck, other, java.util.Optional.of(aim));
    }

    /** Longer than a suspicion it opens a hole that is known (docs/simulator.md, seed 5550025551). */
    private static long editNs(long span) {
        return Math.min(span, 800 * SimCell.MILLI);
    }

    /** Mostly a moment, at times as long as a careless operator takes. */
    private long restartNs() {
        return (random.nextInt(3) == 0 ? 1 + random.nextLong(8_000) : 1 + random.nextLong(800)) * SimCell.MILLI;
    }
}
