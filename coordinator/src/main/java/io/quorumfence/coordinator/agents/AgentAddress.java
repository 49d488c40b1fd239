package io.quorumfence.coordinator.agents;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;

/**
 * Where one agent listens. The certificate must name the host id, whatever the address.
 *
 * @param address IP address or name to connect to
 */
public record AgentAddress(CellId cell, HostId host, String address, int port) {
    /** What callers are told, for example {@code https://10.77.1.1:7443}. */
    public String url() {
        String shown = address.contains(":") ? "[" + address + "]" : address;
        return "https://" + shown + ":" + port;
    }
}
