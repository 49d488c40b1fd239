package io.quorumfence.record.sim;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.CellRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** One schedule: virtual time, chance from one seed, hosts, disks and the judge. Confined to one thread. */
final class World {
    /** After the calm every request must be answered within this many typical steps, plus the fixed waits. */
    private static final long PATIENCE_STEPS = 600;

    private static final long PATIENCE_NS = 3_000 * Weather.MILLI;

    private record Event(long at, long order, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    final SplittableRandom chance;
    final Weather weather;
    final Lens lens;
    final Judge judge;
    final CellRecord first;
    final List<SimHost> hosts = new ArrayList<>();
    final List<SimDisk> disks = new ArrayList<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final boolean tracing;
    private final long finaleNs;
    private long order;
    private long nowNs;

    World(long seed, Mutant mutant, boolean tracing) {
        chance = new SplittableRandom(seed);
        weather = Weather.of(chance);
        this.tracing = tracing;
        finaleNs = weather.calmNs() + between(200, 200);
        List<HostId> names = IntStream.rangeClosed(1, weather.hosts())
                .mapToObj(i -> new HostId("h" + i))
                .toList();
        List<StorageId> storages = IntStream.rangeClosed(1, weather.storages())
                .mapToObj(i -> new StorageId("s" + i))
                .toList();
        first = CellRecord.first(new CellId("cell"), names, storages);
        lens = new Lens(mutant, first);
        judge = new Judge(first);
        storages.forEach(id -> disks.add(new SimDisk(this, id)));
        for (int i = 0; i < names.size(); i++) {
            hosts.add(new SimHost(this, names.get(i), i));
        }
    }

    /** Runs the schedule to its end; anything wrong is thrown. */
    Judge run() {
        trace(() -> weather.toString());
        hosts.forEach(SimHost::start);
        after(between(30, 90), this::trouble);
        at(weather.calmNs(), () -> hosts.forEach(SimHost::calm));
        at(finaleNs, () -> hosts.forEach(SimHost::finale));
        long patienceNs = PATIENCE_NS + PATIENCE_STEPS * weather.opNs();
        while (!events.isEmpty()) {
            Event next = events.poll();
            nowNs = next.at;
            if (nowNs > finaleNs + patienceNs) {
                throw Broken.unanswered(judge.unanswered());
            }
            next.what.run();
            if (nowNs > finaleNs && judge.allAnswered()) {
                judge.answeredAllAfter(nowNs - finaleNs, patienceNs);
                return judge;
            }
        }
        return judge;
    }

    private void trouble() {
        if (isCalm()) {
            return;
        }
        SimHost victim = hosts.get(chance.nextInt(hosts.size()));
        if (flip(weather.crash())) {
            victim.crash(flip(weather.powerLoss()));
        } else if (flip(weather.pause())) {
            victim.pause(between(5, 250));
        }
        after(between(20, 80), this::trouble);
    }

    boolean isCalm() {
        return nowNs >= weather.calmNs();
    }

    boolean isFinale() {
        return nowNs >= finaleNs;
    }

    long nowNs() {
        return nowNs;
    }

    void at(long whenNs, Runnable what) {
        events.add(new Event(Math.max(whenNs, nowNs), order++, what));
    }

    void after(long delayNs, Runnable what) {
        at(nowNs + delayNs, what);
    }

    boolean flip(double rate) {
        return rate > 0 && chance.nextDouble() < rate;
    }

    /** Some time between the two, in milliseconds of a quick storage. */
    long between(int fromMs, int toMs) {
        return weather.between(chance, fromMs, toMs);
    }

    /** The same, but over before everybody asks for the last time: what still hangs in the calm ends soon. */
    long trouble(int fromMs, int toMs) {
        long latest = weather.calmNs() + (finaleNs - weather.calmNs()) / 2;
        return Math.max(0, Math.min(between(fromMs, toMs), latest - nowNs));
    }

    /** The time of one step of an operation: mostly around the typical, sometimes ten times that. */
    long stepNs() {
        if (weather.steady()) {
            return weather.opNs();
        }
        long typical = (long) (weather.opNs() * (0.1 + chance.nextDouble()));
        return chance.nextInt(30) == 0 ? typical * 10 : typical;
    }

    void trace(Supplier<String> text) {
        if (tracing) {
            System.out.printf("%9.3f ms  %s%n", nowNs / 1e6, text.get());
        }
    }
}
