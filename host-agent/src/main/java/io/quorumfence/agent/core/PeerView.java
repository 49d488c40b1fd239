package io.quorumfence.agent.core;

import io.quorumfence.model.AckRequest;
import io.quorumfence.model.HostId;
import org.jspecify.annotations.Nullable;

/** One peer as the network shows it. */
final class PeerView {
    final HostId host;
    /** Newest request of the newest life. */
    @Nullable
    AckRequest request;
    /** Last request that counts as seen (joined, echoing a recent acknowledgement of ours), by plane. */
    final PlaneTimes seenNs = new PlaneTimes();
    /** When this process last acknowledged the life of {@link #request}. */
    long ackSentNs = Timing.NEVER;
    /** Weakest terms of the requests it acknowledged. */
    @Nullable
    AckRequest lastAcked;
    /** Last acknowledgement that came from the peer, by plane: proof that it is reached. */
    final PlaneTimes ackFromNs = new PlaneTimes();
    /** Nonce of the newest acknowledgement from the peer, echoed back to it. */
    long nonce;

    long recordVersion;

    PeerView(HostId host) {
        this.host = host;
    }

    PeerView copy() {
        PeerView twin = new PeerView(host);
        twin.request = request;
        twin.seenNs.copy(seenNs);
        twin.ackSentNs = ackSentNs;
        twin.lastAcked = lastAcked;
        twin.ackFromNs.copy(ackFromNs);
        twin.nonce = nonce;
        twin.recordVersion = recordVersion;
        return twin;
    }

    long lastSeenNs() {
        return seenNs.newest();
    }

    /** When the peer's present life last counted as seen, or was acknowledged. */
    long lastSignNs() {
        return Math.max(ackSentNs, lastSeenNs());
    }

    long lastAckFromNs() {
        return ackFromNs.newest();
    }
}
