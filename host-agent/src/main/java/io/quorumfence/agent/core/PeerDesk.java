package io.quorumfence.agent.core;

import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.observation.PeerObservation;
import io.quorumfence.record.CellRecord;

/** Answers peers' requests for acknowledgement and takes in what they answer. */
final class PeerDesk {
    private PeerDesk() {}

    static void take(AgentState s, PeerObservation observation, long nowNs, Out out) {
        if (observation instanceof PeerObservation.AckRequestArrived arrived) {
            request(s, arrived.plane(), arrived.request(), nowNs, out);
        } else if (observation instanceof PeerObservation.AckArrived arrived) {
            ack(s, arrived.plane(), arrived.ack(), nowNs);
        } else if (observation instanceof PeerObservation.OpinionGiven given) {
            Declaration.opinion(s, given, nowNs, out);
        } else if (observation instanceof PeerObservation.PromiseGiven given) {
            PromiseCollecting.given(s, given, nowNs, out);
        } else if (observation instanceof PeerObservation.ShellAnswered answered) {
            NextSibling.answered(s, answered, nowNs, out);
        } else if (observation instanceof PeerObservation.ShellCallFailed failed) {
            NextSibling.failed(s, failed, nowNs, out);
        } else if (observation instanceof PeerObservation.PeerCallFailed failed) {
            Declaration.callFailed(s, failed, nowNs);
        }
    }

    private static void request(AgentState s, PlaneId plane, AckRequest request, long nowNs, Out out) {
        PeerView peer = s.peers.get(request.from());
        if (peer == null || isOld(peer, request)) {
            return;
        }
        if (peer.request == null || request.incarnation().isLaterThan(peer.request.incarnation())) {
            peer.seenNs.clear();
            peer.ackSentNs = Timing.NEVER;
            peer.lastAcked = null;
        }
        peer.request = request;
        peer.recordVersion = request.recordVersion();
        RecordDesk.heardOf(s, request.recordVersion());
        // Rule 19b: only a request that echoes a recent acknowledgement of ours shows that both ways work.
        boolean echoes = request.echo() > 0
                && request.echo() <= nowNs
                && nowNs - request.echo()
                        <= Math.max(s.timing.suspectNs(), request.terms().suspectNs());
        if (request.phase() == HostPhase.JOINED && echoes) {
            peer.seenNs.note(plane, nowNs);
        }
        answer(s, plane, peer, request, nowNs, out);
    }

    /** A replayed or overtaken request says nothing; the same round comes once by every plane. */
    private static boolean isOld(PeerView peer, AckRequest request) {
        if (peer.request == null) {
            return false;
        }
        int byLife = request.incarnation().compareTo(peer.request.incarnation());
        return byLife < 0 || (byLife == 0 && request.sequence() < peer.request.sequence());
    }

    private static void answer(AgentState s, PlaneId plane, PeerView peer, AckRequest request, long nowNs, Out out) {
        Ack.Kind kind = Acknowledging.judge(s, request, nowNs);
        long token = kind == Ack.Kind.FENCED ? Acknowledging.bindingToken(s, request) : 0;
        if (kind == Ack.Kind.ACKNOWLEDGED) {
            peer.ackSentNs = nowNs;
            peer.lastAcked = request;
        }
        out.command(new PeerCommand.SendAck(
                plane,
                new Ack(
                        s.self(),
                        request.from(),
                        request.incarnation().counter(),
                        request.sequence(),
                        kind,
                        nowNs,
                        token,
                        s.register.knownVersion(),
                        s.record().map(CellRecord::membership).orElse(0))));
    }

    private static void ack(AgentState s, PlaneId plane, Ack ack, long nowNs) {
        PeerView peer = s.peers.get(ack.from());
        if (peer == null) {
            return;
        }
        peer.ackFromNs.note(plane, nowNs);
        peer.nonce = ack.nonce(); // the newest, not the highest: a peer that booted counts from a smaller one
        peer.recordVersion = ack.recordVersion();
        RecordDesk.heardOf(s, ack.recordVersion());
        Rounds.acked(s, ack);
    }
}
