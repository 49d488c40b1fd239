package io.quorumfence.sim;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The only scheduler of a simulation: single-threaded, ordered by time and then by insertion. Nobody inside sees it. A
 * binary heap over plain arrays of numbers, for much of a simulator's own work is done here: an entry's action stays
 * where it was put, and the entry only says where.
 */
final class VirtualTime {
    private static final int PLACE_BITS = 22;
    private static final int PLACES = 1 << PLACE_BITS;

    private long[] atNs = new long[256];
    /** The order of insertion, and below it the place of the action. */
    private long[] tickets = new long[256];

    private Runnable[] actions = new Runnable[256];
    /** Free places: those from {@code size} on. */
    private int[] places = IntStream.range(0, 256).toArray();

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
            grow();
        }
        int place = places[size];
        actions[place] = action;
        rise(size++, Math.max(whenNs, nowNs), order++ << PLACE_BITS | place);
    }

    private void grow() {
        int wider = 2 * size;
        if (wider > PLACES) {
            throw new IllegalStateException(size + " events wait, more than a simulation has");
        }
        atNs = Arrays.copyOf(atNs, wider);
        tickets = Arrays.copyOf(tickets, wider);
        actions = Arrays.copyOf(actions, wider);
        places = Arrays.copyOf(places, wider);
        for (int place = size; place < wider; place++) {
            places[place] = place;
        }
    }

    void after(long delayNs, Runnable action) {
        at(nowNs + delayNs, action);
    }

    /** Runs everything due up to then, and moves the time there. */
    void runUntil(long untilNs) {
        while (!stopped && size > 0 && atNs[0] <= untilNs) {
            nowNs = atNs[0];
            int place = (int) tickets[0] & (PLACES - 1);
            removeFirst();
            places[size] = place;
            actions[place].run();
        }
        nowNs = stopped ? nowNs : untilNs;
    }

    /** Puts an entry at a free place, or above it. */
    private void rise(int from, long when, long ticket) {
        int at = from;
        while (at > 0) {
            int above = (at - 1) >>> 1;
            if (isBefore(above, when, ticket)) {
                break;
            }
            move(above, at);
            at = above;
        }
        put(at, when, ticket);
    }

    private void removeFirst() {
        int last = --size;
        long when = atNs[last];
        long ticket = tickets[last];
        int at = 0;
        int below = 1;
        while (below < last) {
            if (below + 1 < last && isBefore(below + 1, atNs[below], tickets[below])) {
                below++;
            }
            if (!isBefore(below, when, ticket)) {
                break;
            }
            move(below, at);
            at = below;
            below = 2 * at + 1;
        }
        put(at, when, ticket);
    }

    private boolean isBefore(int at, long when, long ticket) {
        return atNs[at] != when ? atNs[at] < when : tickets[at] < ticket;
    }

    private void move(int from, int to) {
        put(to, atNs[from], tickets[from]);
    }

    private void put(int at, long when, long ticket) {
        atNs[at] = when;
        tickets[at] = ticket;
    }
}
