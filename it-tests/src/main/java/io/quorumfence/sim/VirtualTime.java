package io.quorumfence.sim;

import java.util.PriorityQueue;

/**
 * The only scheduler of a simulation: single-threaded, ordered by time and then by insertion. Nobody
 * inside sees it.
 */
final class VirtualTime {
    private record Entry(long atNs, long order, Runnable action) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return atNs != other.atNs ? Long.compare(atNs, other.atNs) : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Entry> queue = new PriorityQueue<>(256);
    private long nowNs;
    private long order;

    long nowNs() {
        return nowNs;
    }

    /** How many events were scheduled so far; part of a run's fingerprint. */
    long scheduled() {
        return order;
    }

    void at(long atNs, Runnable action) {
        queue.add(new Entry(Math.max(atNs, nowNs), order++, action));
    }

    void after(long delayNs, Runnable action) {
        at(nowNs + delayNs, action);
    }

    /** Runs everything due up to then, and moves the time there. */
    void runUntil(long untilNs) {
        while (!queue.isEmpty() && queue.peek().atNs() <= untilNs) {
            Entry next = queue.poll();
            nowNs = next.atNs();
            next.action().run();
        }
        nowNs = untilNs;
    }
}
