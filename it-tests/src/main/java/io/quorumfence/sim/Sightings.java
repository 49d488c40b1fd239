package io.quorumfence.sim;

import io.quorumfence.model.AckRequest;
import java.util.Arrays;

/** Ground truth of who is seen: which beats landed and which requests were heard. True time. */
final class Sightings {
    static final long NEVER = Long.MIN_VALUE / 4;

    private final int hosts;
    private final long suspectNs;
    private final long[][] landed;
    private final long[][] heard;
    /** The newest request that reached a peer, whatever it was to it. */
    private final long[][] request;
    /** The last moment at which a witness had just seen it: a storage majority or a host majority. */
    private final long[] last;

    private final long[] since;
    private final long[] visible;
    private final long[] any;

    Sightings(int hosts, int storages, long suspectNs) {
        this.hosts = hosts;
        this.suspectNs = suspectNs;
        landed = new long[hosts][storages];
        heard = new long[hosts][hosts];
        request = new long[hosts][hosts];
        last = new long[hosts];
        since = new long[hosts];
        visible = new long[hosts];
        any = new long[hosts];
        for (int i = 0; i < hosts; i++) {
            forget(i);
        }
    }

    /** Rule 18: a request carries back what that very host said a moment ago, by that host's own clock. */
    static boolean echoes(SimHost by, AckRequest request) {
        long age = by.nowNs() - request.echo();
        long limit = Math.max(
                by.config.deadlines().suspect().toNanos(), request.terms().suspectNs());
        return request.echo() > 0 && age >= 0 && age <= limit;
    }

    void forget(int host) {
        Arrays.fill(landed[host], NEVER);
        Arrays.fill(heard[host], NEVER);
        Arrays.fill(request[host], NEVER);
        last[host] = NEVER;
        since[host] = Long.MAX_VALUE;
        visible[host] = NEVER;
        any[host] = NEVER;
    }

    /** A beat landed; it is a sign of the moment at which it was sent. */
    void landed(int host, int storage, long sentNs, long nowNs) {
        note(host, landed[host], storage, sentNs, nowNs);
    }

    /** A peer heard a request; it is a sign of the moment at which it was sent. */
    void heard(int host, int by, long sentNs, long nowNs, boolean byWitness) {
        any[host] = Math.max(any[host], sentNs);
        request[host][by] = Math.max(request[host][by], sentNs);
        if (byWitness) {
            note(host, heard[host], by, sentNs, nowNs);
        }
    }

    /** A peer acknowledged the newest request that it heard. */
    void acknowledged(int host, int by, long nowNs) {
        note(host, heard[host], by, request[host][by], nowNs);
    }

    private void note(int host, long[] signs, int where, long sentNs, long nowNs) {
        if (sentNs <= signs[where]) {
            return;
        }
        any[host] = Math.max(any[host], sentNs);
        signs[where] = sentNs;
        long newest = newest(host);
        if (newest > last[host]) {
            last[host] = newest;
            if (nowNs - visible[host] > suspectNs) {
                since[host] = nowNs;
            }
            visible[host] = nowNs;
        }
    }

    /** The last sign of any kind. */
    long any(int host) {
        return any[host];
    }

    private long newest(int host) {
        int storages = landed[host].length;
        long byStorage = nth(landed[host], storages / 2 + 1);
        long byHosts = hosts / 2 == 0 ? NEVER : nth(heard[host], hosts / 2);
        return Math.max(byStorage, byHosts);
    }

    /** The n-th freshest. */
    private static long nth(long[] times, int n) {
        if (times.length == 1) {
            return times[0];
        }
        long[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length - n];
    }

    /** Whether a witness has seen it without a gap of the suspicion time since then. */
    boolean isSeenSince(int host, long sinceNs, long nowNs) {
        return nowNs - last[host] <= suspectNs && since[host] <= sinceNs;
    }
}
