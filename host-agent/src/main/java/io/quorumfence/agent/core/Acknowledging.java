package io.quorumfence.agent.core;

import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;
import io.quorumfence.model.Claim;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Promise;

/** Whether this host may acknowledge a peer's round: the network witness (rules 3, 14, 16). */
final class Acknowledging {
    private Acknowledging() {}

    static Ack.Kind judge(AgentState s, AckRequest request, long nowNs) {
        if (bindingToken(s, request) != 0) {
            return Ack.Kind.FENCED;
        }
        boolean fit = s.leaseLives(nowNs) && mayAcknowledge(s) && request.phase() == HostPhase.JOINED;
        boolean sameCell = s.record()
                .filter(record -> record.membership() == request.membership())
                .isPresent();
        return fit && sameCell ? Ack.Kind.ACKNOWLEDGED : Ack.Kind.ABSTAINED;
    }

    /** Rule 3: only after the own JOIN is decided and applied. */
    private static boolean mayAcknowledge(AgentState s) {
        return s.mayCountPeers()
                && s.record()
                        .filter(record -> record.isJoined(s.self(), s.requireLife()))
                        .isPresent();
    }

    /**
     * Token of the claim that forbids it, 0 if none: a promise, a proven claim, or an open one that an earlier process
     * or life of this host may have promised (decision 0011).
     */
    static long bindingToken(AgentState s, AckRequest request) {
        for (Promise held : s.promises.bound.values()) {
            if (held.binds(request.from(), request.incarnation().counter())) {
                return held.token().value();
            }
        }
        if (s.record().isEmpty()) {
            return 0;
        }
        for (Claim claim : s.record().get().claims()) {
            long token = claim.token().value();
            boolean mayBePromised = claim.isOpen() && token < s.strangeBelow;
            if ((claim.isProven() || mayBePromised) && claim.binds(request.from(), request.incarnation())) {
                return token;
            }
        }
        return 0;
    }
}
