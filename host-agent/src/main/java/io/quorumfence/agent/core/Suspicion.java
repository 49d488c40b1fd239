package io.quorumfence.agent.core;

import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Terms;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.quorum.Quorum;
import io.quorumfence.record.CellRecord;
import java.util.Optional;

/**
 * One observer's belief: a host is a suspect when BOTH planes are silent for T_suspect, as no change on the observer's
 * own clock, and the observer's own view of each plane is proven alive. Slow is not dead (I5).
 */
final class Suspicion {
    private Suspicion() {}

    static void progress(AgentState s, long nowNs, Out out) {
        if (s.record().isEmpty()) {
            return;
        }
        CellRecord record = s.record().get();
        for (PeerView peer : s.peers.values()) {
            HostId host = peer.host;
            if (isHeard(s, peer, nowNs) && !s.suspectedNs.containsKey(host)) {
                continue; // the common case, decided without the storages
            }
            HostEntry entry = record.hosts().get(host);
            if (entry == null || entry.gone()) {
                clear(s, host, "gone", nowNs, out);
            } else if (!isSilent(s, host, entry.incarnation(), nowNs)) {
                clear(s, host, "seen", nowNs, out);
            } else if (!s.suspectedNs.containsKey(host) && seesWell(s, host, nowNs)) {
                suspect(s, entry, nowNs, out);
            }
        }
    }

    /** Within the own suspicion time, and no observer's limit is below it. */
    private static boolean isHeard(AgentState s, PeerView peer, long nowNs) {
        return nowNs - peer.lastSignNs() < s.timing.suspectNs();
    }

    private static void suspect(AgentState s, HostEntry entry, long nowNs, Out out) {
        HostId host = entry.host();
        s.suspectedNs.put(host, nowNs);
        out.event(new JournalEvent.HostSuspected(
                host,
                entry.incarnation(),
                storageAge(s, host, entry.incarnation(), nowNs),
                networkAge(s, host, nowNs)));
    }

    /** Only a sign of life clears it: that this observer went blind is none. */
    private static void clear(AgentState s, HostId host, String why, long nowNs, Out out) {
        s.reacting.told.remove(host);
        if (s.suspectedNs.remove(host) != null) {
            s.clearedNs.put(host, nowNs);
            out.event(new JournalEvent.SuspicionCleared(host, why));
        }
    }

    private static boolean isSilent(AgentState s, HostId host, Incarnation life, long nowNs) {
        long silentNs = networkAge(s, host, nowNs);
        if (silentNs < s.timing.suspectNs()) {
            return false; // the limit is never below the own time
        }
        long limit = suspectNs(s, host);
        // A host whose suspicion was cleared has the whole time again: what cleared it may be longer terms in a request
        // that a claim let nobody acknowledge, and then the next moment is silent too.
        return silentNs >= limit
                && storageAge(s, host, life, nowNs) >= limit
                && nowNs - s.clearedNs.getOrDefault(host, Timing.NEVER) >= limit;
    }

    /** Whether the view of a majority of lanes is proven alive: only then their silence counts. */
    private static boolean seesWell(AgentState s, HostId host, long nowNs) {
        long window = suspectNs(s, host);
        int proven = 0;
        for (Lane lane : s.lanes.values()) {
            proven += isViewProven(s, lane, host, window, nowNs) ? 1 : 0;
        }
        return proven >= Quorum.majority(s.lanes.size());
    }

    /** Rule 16: the longer of the observer's own time and the one the host published, on either plane. */
    static long suspectNs(AgentState s, HostId host) {
        long longest = s.timing.suspectNs();
        for (Lane lane : s.lanes.values()) {
            Sighting sighting = lane.sighting(host);
            if (sighting != null) {
                longest = Math.max(longest, sighting.latest().terms().suspectNs());
            }
        }
        PeerView peer = s.peers.get(host);
        if (peer != null && peer.request != null) {
            longest = Math.max(longest, peer.request.terms().suspectNs());
        }
        return longest;
    }

    /**
     * Time since a request of the host counted as seen on any plane, or was acknowledged (rule 16: a host that restarts
     * echoes nothing yet, and lives); at most as long as its life was watched.
     */
    static long networkAge(AgentState s, HostId host, long nowNs) {
        PeerView peer = s.peers.get(host);
        long seen = peer == null ? Timing.NEVER : peer.lastSignNs();
        return nowNs - Math.max(seen, s.watchedSinceNs(host));
    }

    /** Time since any lane showed a change of this life; a lane that never did says nothing. */
    static long storageAge(AgentState s, HostId host, Incarnation life, long nowNs) {
        long newest = s.watchedSinceNs(host);
        for (Lane lane : s.lanes.values()) {
            Sighting sighting = lane.sighting(host);
            newest = Math.max(newest, sighting == null ? Timing.NEVER : sighting.seenNs(life));
        }
        return nowNs - newest;
    }

    /**
     * A storage's silence counts only while the reader proves that its view is alive: its own write-then-read finished
     * there within the window, and another host is seen advancing there. Where no other host lives, the own
     * write-then-read has to do (the storage passed the coherence check at its init; H16).
     */
    static boolean isViewProven(AgentState s, Lane lane, HostId suspect, long windowNs, long nowNs) {
        boolean ownMoves = nowNs - lane.cleanStartNs <= windowNs && nowNs - lane.okEndNs <= windowNs;
        if (!lane.open || !ownMoves) {
            return false;
        }
        boolean othersLive = false;
        for (HostId other : s.peers.keySet()) {
            if (other.equals(suspect) || !isOtherLive(s, other, windowNs, nowNs)) {
                continue;
            }
            othersLive = true;
            Sighting sighting = lane.sighting(other);
            if (sighting != null && nowNs - sighting.joinedSinceNs() <= windowNs) {
                return true;
            }
        }
        return !othersLive;
    }

    /** Another host counts as live for the view's proof when this host hears it on the network. */
    private static boolean isOtherLive(AgentState s, HostId other, long windowNs, long nowNs) {
        boolean present =
                s.record().filter(record -> RecordDesk.isPresent(record, other)).isPresent();
        return present && networkAge(s, other, nowNs) <= windowNs;
    }

    /** Why this host may not act against the suspect now; empty when it may. */
    static Optional<String> unfit(AgentState s, HostId suspect, long nowNs) {
        if (!s.leaseLives(nowNs) || !s.recordRead) {
            return Optional.of("no live lease of its own");
        }
        CellRecord record = s.record().orElseThrow();
        if (record.standingClaimOn(s.self(), s.requireLife()).isPresent() || Rounds.isHeld(s)) {
            return Optional.of("claimed itself");
        }
        if (!seesWell(s, suspect, nowNs)) {
            return Optional.of("its own view of the storages is not proven");
        }
        long window = suspectNs(s, suspect);
        int others = 0;
        int reached = 0;
        for (PeerView peer : s.peers.values()) {
            if (!peer.host.equals(suspect) && RecordDesk.isPresent(record, peer.host)) {
                others++;
                reached += nowNs - peer.lastAckFromNs() <= window ? 1 : 0;
            }
        }
        return 2 * reached >= others
                ? Optional.empty()
                : Optional.of("reaches " + reached + " of " + others + " other hosts");
    }

    /** The weakest terms any evidence of this life shows to this host; empty when nobody ever saw its terms. */
    static Optional<Terms> terms(AgentState s, HostId host, Incarnation life) {
        Optional<Terms> found = Optional.empty();
        for (Lane lane : s.lanes.values()) {
            Sighting sighting = lane.sighting(host);
            if (sighting != null) {
                Optional<Terms> shown = sighting.joined()
                        .filter(beat -> beat.incarnation().equals(life))
                        .map(beat -> beat.terms());
                found = weakest(found, shown);
            }
        }
        PeerView peer = s.peers.get(host);
        if (peer != null
                && peer.lastAcked != null
                && peer.lastAcked.incarnation().equals(life)) {
            found = weakest(found, Optional.of(peer.lastAcked.terms()));
        }
        return found;
    }

    static Optional<Terms> weakest(Optional<Terms> a, Optional<Terms> b) {
        return a.isEmpty() ? b : b.isEmpty() ? a : Optional.of(a.get().weakest(b.get()));
    }
}
