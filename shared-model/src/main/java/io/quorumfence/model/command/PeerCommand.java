package io.quorumfence.model.command;

import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;
import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.PlaneId;

/** Messages to peers. */
public sealed interface PeerCommand extends Command {

    @Override
    default boolean needsFlush() {
        return false;
    }

    /** A datagram on every configured plane. */
    record SendAckRequest(AckRequest request) implements PeerCommand {}

    /** A datagram on the plane the request came in by. */
    record SendAck(PlaneId plane, Ack ack) implements PeerCommand {}

    /** Asked over HTTP on any plane; answered by OpinionGiven or PeerCallFailed with the same work. */
    record AskOpinion(HostId peer, long work, HostId suspect, Incarnation life) implements PeerCommand {}

    /**
     * Send your shell in place of mine; asked over HTTP on any plane, again and again until it has ended; answered by
     * ShellAnswered or ShellCallFailed with the same work and attempt.
     *
     * @param echo the peer's own clock, from its newest acknowledgement: a question that is older than it may be begins
     *     nothing
     */
    record AskShell(HostId peer, long work, long attempt, Claim claim, long recordVersion, long echo, long waitNs)
            implements PeerCommand {
        @Override
        public boolean needsFlush() {
            return true;
        }
    }

    /** Asked over HTTP on any plane; answered by PromiseGiven or PeerCallFailed with the same work. */
    record AskPromise(HostId peer, long work, Claim claim, long recordVersion) implements PeerCommand {
        @Override
        public boolean needsFlush() {
            return true;
        }
    }
}
