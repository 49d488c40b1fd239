package io.quorumfence.record;

import io.quorumfence.model.Claim;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps the record below its ceiling: what has ended and binds nobody any more is dropped, oldest first. */
final class Compaction {
    /** Ended permits kept so that a late retry still finds its answer. */
    static final int ENDED_PERMITS = 32;
    /** Closed claims kept for people. */
    static final int CLOSED_CLAIMS = 16;
    /** Epochs kept, so that a claimer can judge a suspect that had not read the newest one. */
    static final int EPOCHS = 8;

    private Compaction() {}

    /**
     * Closed claims that count for the storm guard have a place of their own, or a run of withdrawn ones would make it
     * forget. As many are kept as there are members: a higher limit guards nothing.
     */
    static List<Claim> claims(List<Claim> claims, Map<HostId, HostEntry> hosts, int members) {
        List<Claim> counting = new ArrayList<>();
        List<Claim> others = new ArrayList<>();
        for (Claim claim : claims) {
            if (!claim.isOpen() && isSuperseded(claim, hosts)) {
                (StormGuard.counts(claim) ? counting : others).add(claim);
            }
        }
        List<Claim> kept = dropOldest(claims, counting, Math.max(CLOSED_CLAIMS, members));
        return dropOldest(kept, others, CLOSED_CLAIMS);
    }

    /** A proven claim is the gate's evidence until a later life of its host joined; other closed ones bind nobody. */
    private static boolean isSuperseded(Claim claim, Map<HostId, HostEntry> hosts) {
        HostEntry entry = hosts.get(claim.suspect());
        return !claim.isProven() || entry == null || entry.incarnation().isLaterThan(claim.incarnation());
    }

    static List<Permit> permits(List<Permit> permits) {
        List<Permit> ended = permits.stream().filter(permit -> !permit.isOpen()).toList();
        return dropOldest(permits, ended, ENDED_PERMITS);
    }

    static List<GoneSet> extend(List<GoneSet> history, Set<HostId> gone) {
        List<GoneSet> next = new ArrayList<>(history);
        next.add(new GoneSet(history.get(history.size() - 1).epoch() + 1, gone));
        return next.size() > EPOCHS ? next.subList(next.size() - EPOCHS, next.size()) : next;
    }

    private static <T> List<T> dropOldest(List<T> all, List<T> droppable, int keep) {
        if (droppable.size() <= keep) {
            return all;
        }
        List<T> kept = new ArrayList<>(all);
        kept.removeAll(droppable.subList(0, droppable.size() - keep));
        return kept;
    }
}
