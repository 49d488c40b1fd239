package io.quorumfence.coordinator.config;

import io.quorumfence.coordinator.agents.AgentAddress;
import io.quorumfence.coordinator.agents.AgentLimits;
import io.quorumfence.coordinator.agents.TlsFiles;
import io.quorumfence.model.CellId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the coordinator runs with; checked before it got here.
 *
 * @param cells the agents of each cell, in configured order
 * @param history the database file
 * @param permitTtl hint for the destination how long a permit is worth redeeming
 */
public record CoordinatorConfig(
        Listen listen,
        Map<CellId, List<AgentAddress>> cells,
        TlsFiles tls,
        Path history,
        Duration permitTtl,
        Polling polling,
        AgentLimits limits) {

    /** Where the API listens. */
    public record Listen(String address, int port) {
        public boolean isLoopback() {
            return address.startsWith("127.") || address.equals("::1") || address.equals("localhost");
        }
    }

    /** How often the agents are polled. */
    public record Polling(Duration rest, Duration busy) {}
}
