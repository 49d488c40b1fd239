package io.quorumfence.agent.core;

import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.PeerObservation;
import io.quorumfence.record.CellRecord;

/** Step 5: promises from a blocking set, so that the suspect cannot renew by network either. */
final class PromiseCollecting {
    static final long AGAIN_NS = 400 * Timing.MILLI;

    private PromiseCollecting() {}

    static void start(AgentState s, FenceWork work, long nowNs, Out out) {
        work.enter(FenceWork.Stage.PROMISING, nowNs);
        Claim claim = s.record().orElseThrow().claim(work.requireToken()).orElseThrow();
        PromiseRules.bindSelf(s, claim, work.claimVersion, out);
        due(s, work, nowNs, out);
    }

    static void due(AgentState s, FenceWork work, long nowNs, Out out) {
        CellRecord record = s.record().orElseThrow();
        if (TimeProof.isBlocked(s, work, record)) {
            work.enter(FenceWork.Stage.RAISING, nowNs);
            return;
        }
        ask(s, work, nowNs, out);
    }

    /** Also asks on while climbing: a promise that came later may complete an epoch's blocking set. */
    static void ask(AgentState s, FenceWork work, long nowNs, Out out) {
        CellRecord record = s.record().orElseThrow();
        for (HostId peer : s.peers.keySet()) {
            boolean other = !peer.equals(work.suspect) && !record.gone().contains(peer);
            boolean due = nowNs - work.askedNs.getOrDefault(peer, Timing.NEVER) >= AGAIN_NS;
            if (other && due && !work.promises.containsKey(peer)) {
                record.claim(work.requireToken()).ifPresent(claim -> {
                    work.askedNs.put(peer, nowNs);
                    out.command(new PeerCommand.AskPromise(peer, work.id, claim, work.claimVersion));
                });
            }
        }
    }

    static void given(AgentState s, PeerObservation.PromiseGiven given, long nowNs, Out out) {
        Declaration.byId(s, given.work()).ifPresent(work -> {
            if (work.token == null) {
                return;
            }
            switch (given.answer().kind()) {
                case SEEN -> {
                    if (work.stage.ordinal() <= FenceWork.Stage.RAISING.ordinal()) {
                        Withdrawal.seen(s, work, "host " + given.peer() + " sees it", nowNs, out);
                    }
                }
                case REFUSED -> work.detail = "host " + given.peer() + " refused its promise";
                case PROMISED -> {
                    long age = given.answer().ageNs();
                    work.promises.put(
                            given.peer(),
                            new HeldPromise(
                                    nowNs - age,
                                    given.answer().terms(),
                                    given.answer().epoch()));
                    out.event(new JournalEvent.PromiseReceived(work.requireToken(), given.peer(), age));
                    if (work.stage == FenceWork.Stage.PROMISING) {
                        due(s, work, nowNs, out);
                    }
                }
            }
        });
    }
}
