package io.quorumfence.agent.core;

import io.quorumfence.model.AckRequest;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One peer as the network shows it. */
final class PeerView {
    final HostId host;
    /** Newest request of the newest life. */
    @Nullable
    AckRequest request;
    /** Last request that counts as seen (joined, echoing a recent acknowledgement of ours), by plane. */
    final Map<PlaneId, Long> seenNs = new HashMap<>();
    /** When this process last acknowledged the life of {@link #request}. */
    long ackSentNs = Timing.NEVER;
    /** Weakest terms of the requests it acknowledged. */
    @Nullable
    AckRequest lastAcked;
    /** Last acknowledgement that came from the peer, by plane: proof that it is reached. */
    final Map<PlaneId, Long> ackFromNs = new HashMap<>();
    /** Nonce of the newest acknowledgement from the peer, echoed back to it. */
    long nonce;

    long recordVersion;

    PeerView(HostId host) {
        this.host = host;
    }

    PeerView copy() {
        PeerView twin = new PeerView(host);
        twin.request = request;
        twin.seenNs.putAll(seenNs);
        twin.ackSentNs = ackSentNs;
        twin.lastAcked = lastAcked;
        twin.ackFromNs.putAll(ackFromNs);
        twin.nonce = nonce;
        twin.recordVersion = recordVersion;
        return twin;
    }

    long lastSeenNs() {
        return seenNs.isEmpty() ? Timing.NEVER : newest(seenNs);
    }

    /** When the peer's present life last counted as seen, or was acknowledged. */
    long lastSignNs() {
        return Math.max(ackSentNs, lastSeenNs());
    }

    long lastAckFromNs() {
        return newest(ackFromNs);
    }

    private static long newest(Map<PlaneId, Long> byPlane) {
        long newest = Timing.NEVER;
        for (long at : byPlane.values()) {
            newest = Math.max(newest, at);
        }
        return newest;
    }
}
