package io.quorumfence.coordinator.config;

import io.quorumfence.coordinator.agents.AgentAddress;
import io.quorumfence.coordinator.agents.AgentLimits;
import io.quorumfence.coordinator.agents.TlsFiles;
import io.quorumfence.model.CellId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the coordinator runs with; checked before it got here.
 *
 * @param cells the agents of each cell, in configured order
 * @param history the database file
 * @param siblingsRequired cells that answer only requests with vetted siblings
 * @param permitTtl hint for the destination how long a permit is worth redeeming
 */
public record CoordinatorConfig(
        Listen listen,
        Map<CellId, List<AgentAddress>> cells,
        Set<CellId> siblingsRequired,
        TlsFiles tls,
        Path history,
        Duration permitTtl,
        Throttle throttle,
        Polling polling,
        AgentLimits limits) {
    public CoordinatorConfig {
        siblingsRequired = Set.copyOf(siblingsRequired);
    }

    /** Where the API listens. */
    public record Listen(String address, int port) {
        public boolean isLoopback() {
            return address.startsWith("127.") || address.equals("::1") || address.equals("localhost");
        }
    }

    /** How many VMs may be starting at a time, 0 for any number, and how long a request waits for its turn. */
    public record Throttle(int perDestination, int perCell, Duration waitMax) {
        public static Throttle standard() {
            return new Throttle(10, 40, Duration.ofMinutes(30));
        }
    }

    /** How often the agents are polled. */
    public record Polling(Duration rest, Duration busy) {}
}
