package io.quorumfence.sim;

import java.util.Arrays;

/**
 * The only scheduler of a simulation: single-threaded, ordered by time and then by insertion. Nobody inside sees it. A
 * binary heap over plain arrays, for half of a simulator's own work is done here.
 */
final class VirtualTime {
    private long[] atNs = new long[256];
    private long[] orders = new long[256];
    private Runnable[] actions = new Runnable[256];
    private int size;
    private long nowNs;
    private long order;
    private boolean stopped;

    long nowNs() {
        return nowNs;
    }

    /** How many events were scheduled so far; part of a run's fingerprint. */
    long scheduled() {
        return order;
    }

    /** Nothing happens any more, and the time stands still. */
    void stop() {
        stopped = true;
    }

    void at(long whenNs, Runnable action) {
        if (size == atNs.length) {
            atNs = Arrays.copyOf(atNs, 2 * size);
            orders = Arrays.copyOf(orders, 2 * size);
            actions = Arrays.copyOf(actions, 2 * size);
        }
        rise(size++, Math.max(whenNs, nowNs), order++, action);
    }

    void after(long delayNs, Runnable action) {
        at(nowNs + delayNs, action);
    }

    /** Runs everything due up to then, and moves the time there. */
    void runUntil(long untilNs) {
        while (!stopped && size > 0 && atNs[0] <= untilNs) {
            nowNs = atNs[0];
            Runnable action = actions[0];
            removeFirst();
            action.run();
        }
        nowNs = stopped ? nowNs : untilNs;
    }

    /** Puts an entry at a free place, or above it. */
    private void rise(int from, long when, long number, Runnable action) {
        int at = from;
        while (at > 0) {
            int above = (at - 1) >>> 1;
            if (isBefore(above, when, number)) {
                break;
            }
            move(above, at);
            at = above;
        }
        put(at, when, number, action);
    }

    private void removeFirst() {
        int last = --size;
        long when = atNs[last];
        long number = orders[last];
        Runnable action = actions[last];
        int at = 0;
        int below = 1;
        while (below < last) {
            if (below + 1 < last && isBefore(below + 1, atNs[below], orders[below])) {
                below++;
            }
            if (!isBefore(below, when, number)) {
                break;
            }
            move(below, at);
            at = below;
            below = 2 * at + 1;
        }
        put(at, when, number, action);
    }

    private boolean isBefore(int place, long when, long number) {
        return atNs[place] != when ? atNs[place] < when : orders[place] < number;
    }

    private void move(int from, int to) {
        put(to, atNs[from], orders[from], actions[from]);
    }

    private void put(int place, long when, long number, Runnable action) {
        atNs[place] = when;
        orders[place] = number;
        actions[place] = action;
    }
}
