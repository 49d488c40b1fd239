package io.quorumfence.agent.api;

import io.quorumfence.model.HostId;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What the agent's HTTP needs of the configuration.
 *
 * @param addresses own addresses to listen on, one server each; {@code 0.0.0.0} alone for all
 * @param gateDeadline longest wait for the core's answer to a gate call
 * @param peerDeadline longest wait for the core's answer to a peer call
 */
public record ApiSettings(
        HostId self,
        Set<HostId> members,
        List<String> addresses,
        int port,
        TlsFiles tls,
        Duration gateDeadline,
        Duration peerDeadline) {
    public static final Duration GATE_DEADLINE = Duration.ofSeconds(8);
    public static final Duration PEER_DEADLINE = Duration.ofSeconds(2);

    public ApiSettings {
        members = Set.copyOf(members);
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("host " + self + " has no address to serve HTTP on");
        }
    }

    /** With the deadlines that clients are told of. */
    public ApiSettings(HostId self, Set<HostId> members, List<String> addresses, int port, TlsFiles tls) {
        this(self, members, addresses, port, tls, GATE_DEADLINE, PEER_DEADLINE);
    }
}
