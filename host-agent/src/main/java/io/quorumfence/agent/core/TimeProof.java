package io.quorumfence.agent.core;

import io.quorumfence.config.TakeoverTime;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Terms;
import io.quorumfence.quorum.Quorum;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.GoneSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The rung of last resort: silence is a proof only when the host had promised an end that its watchdog enforces, and
 * only T_takeover after the last moment at which anybody could have renewed it.
 */
final class TimeProof {
    /**
     * What the rung says now.
     *
     * @param possible whether waiting can prove anything
     * @param opensNs when it does, on this host's clock; meaningful only if possible
     * @param reason why not, or what is waited for
     */
    record Judgement(boolean possible, long opensNs, String reason, Optional<Terms> terms) {
        static Judgement no(String reason, Optional<Terms> terms) {
            return new Judgement(false, 0, reason, terms);
        }
    }

    private TimeProof() {}

    /** For the gate and for people: whether this rung exists for a host, before any work on it. */
    static Judgement outlook(AgentState s, HostId host, Incarnation life) {
        Optional<Terms> terms = Suspicion.terms(s, host, life);
        Optional<String> missing = missing(terms);
        if (missing.isPresent()) {
            return Judgement.no(missing.get(), terms);
        }
        long last = Math.max(lastOnStorages(s, host, life), ownAck(s, host));
        return new Judgement(true, last + wait(s, terms.get()), "estimated from this host's own view", terms);
    }

    /** For the claimer, with the promises it holds. */
    static Judgement judge(AgentState s, FenceWork work, long nowNs) {
        Optional<Terms> terms = Suspicion.terms(s, work.suspect, work.life);
        for (HeldPromise promise : work.promises.values()) {
            terms = Suspicion.weakest(terms, promise.terms());
        }
        Optional<String> missing = missing(terms);
        if (missing.isPresent()) {
            return Judgement.no(missing.get(), terms);
        }
        CellRecord record = s.record().orElseThrow();
        if (!isBlocked(s, work, record)) {
            return Judgement.no("promises do not meet every majority the host may renew with", terms);
        }
        return new Judgement(true, lastSeen(s, work, record) + wait(s, terms.get()), "waits for T_takeover", terms);
    }

    private static Optional<String> missing(Optional<Terms> terms) {
        if (terms.isEmpty()) {
            return Optional.of("terms-unknown: no beat of this life was seen");
        }
        Terms t = terms.get();
        if (!t.action().isEnforceable()) {
            return Optional.of(ReactionReport.unenforced(t.action()));
        }
        if (!t.watchdog().isCounted() || t.watchdogNs() == 0) {
            return Optional.of("no-watchdog: the host promised no watchdog");
        }
        return t.armed() ? Optional.empty() : Optional.of("unarmed: the host's last beat promised no expiry");
    }

    private static long wait(AgentState s, Terms terms) {
        return TakeoverTime.ns(terms, s.config.rhoPpm());
    }

    /**
     * Decision 0003: the suspect may count with the gone set of any epoch from the newest it is known to have had up to
     * the one in force, so the promised hosts must block under each of them.
     */
    static boolean isBlocked(AgentState s, FenceWork work, CellRecord record) {
        Set<HostId> promised = new HashSet<>(work.promises.keySet());
        promised.add(s.self());
        promised.addAll(record.gone());
        promised.remove(work.suspect);
        long epoch = newestEpochOf(s, work);
        if (epoch < record.goneHistory().get(0).epoch()) {
            return false;
        }
        return record.goneHistory().stream()
                .filter(set -> set.epoch() >= epoch)
                .map(GoneSet::gone)
                .map(record::countedWithout)
                .allMatch(counted -> Quorum.blocks(counted, promised, work.suspect));
    }

    private static long newestEpochOf(AgentState s, FenceWork work) {
        long newest = 0;
        for (Lane lane : s.lanes.values()) {
            Sighting sighting = lane.sighting(work.suspect);
            if (sighting != null && sighting.latest().incarnation().equals(work.life)) {
                newest = Math.max(newest, sighting.latest().epoch());
            }
        }
        PeerView peer = s.peers.get(work.suspect);
        if (peer != null && peer.request != null && peer.request.incarnation().equals(work.life)) {
            newest = Math.max(newest, peer.request.epoch());
        }
        for (HeldPromise promise : work.promises.values()) {
            newest = Math.max(newest, promise.epoch());
        }
        return newest;
    }

    private static long lastSeen(AgentState s, FenceWork work, CellRecord record) {
        long last = Math.max(lastOnStorages(s, work.suspect, work.life), ownAck(s, work.suspect));
        last = Math.max(last, s.watchedSinceNs(work.suspect)); // a join renews, too
        for (HeldPromise promise : work.promises.values()) {
            last = Math.max(last, promise.lastSeenNs());
        }
        for (HostId gone : record.gone()) {
            AgentState.Born seen = s.goneSeen.get(gone);
            last = Math.max(last, seen == null ? Long.MAX_VALUE / 4 : seen.sinceNs());
        }
        return last;
    }

    /** The latest change any lane showed; a lane that never showed this life says nothing. */
    private static long lastOnStorages(AgentState s, HostId host, Incarnation life) {
        long last = Timing.NEVER;
        for (Lane lane : s.lanes.values()) {
            Sighting sighting = lane.sighting(host);
            if (sighting != null) {
                last = Math.max(last, sighting.renewedBeforeNs(life));
            }
        }
        return last;
    }

    /** Rule 2: what an earlier process of this host acknowledged is unknown; it may have till this one began. */
    private static long ownAck(AgentState s, HostId host) {
        PeerView peer = s.peers.get(host);
        return Math.max(s.facts.processStartNs(), peer == null ? Timing.NEVER : peer.ackSentNs);
    }
}
