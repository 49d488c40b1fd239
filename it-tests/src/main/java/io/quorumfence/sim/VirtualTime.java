package io.quorumfence.sim;

import java.util.PriorityQueue;

/** The only clock and scheduler of a simulation: single-threaded, ordered by time and then by insertion. */
final class VirtualTime {
    private record Entry(long atNs, long order, Runnable action) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Entry> queue = new PriorityQueue<>();
    private long nowNs;
    private long order;

    VirtualTime(long startNs) {
        nowNs = startNs;
    }

    long nowNs() {
        return nowNs;
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
