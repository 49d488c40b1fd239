package io.quorumfence.coordinator.core.status;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One agent's answer to {@code GET /v1/status}. Ages are milliseconds on the agent's own clock when it answered.
 *
 * @param counter the agent's incarnation counter, 0 before it has one
 * @param record the newest cell record the agent has read; null before its first read
 */
public record AgentStatus(
        CellId cell,
        HostId host,
        long counter,
        UUID bootId,
        AgentPhase phase,
        Lease lease,
        @Nullable HostTerms terms,
        Keeper keeper,
        List<StorageLane> storages,
        List<HostView> hosts,
        OwnVms own,
        @Nullable RecordView record,
        Cluster cluster,
        List<Alert> alerts) {
    public AgentStatus {
        storages = List.copyOf(storages);
        hosts = List.copyOf(hosts);
        alerts = List.copyOf(alerts);
    }

    /** What this agent sees of another host. */
    public Optional<HostView> viewOf(HostId other) {
        return hosts.stream()
                .filter(view -> view.host().equals(other) && !view.self())
                .findFirst();
    }

    /** Whether the agent may carry work for the cell: joined, with a live lease, not latched. */
    public boolean isFit() {
        return phase == AgentPhase.JOINED && lease.live() && !keeper.latched();
    }

    /** The right to keep VMs running, as the host itself reckons it. */
    public record Lease(
            boolean live,
            long remainingMs,
            @Nullable Long storageRenewalAgeMs,
            @Nullable Long networkRenewalAgeMs) {}

    /** The process that owns the watchdog. */
    public record Keeper(
            boolean alive, boolean watchdogOpen, @Nullable Long expiryInMs, boolean latched) {}

    /** One quorum storage as this host reaches it. */
    public record StorageLane(
            String id,
            String state,
            @Nullable Long lastOkAgeMs,
            @Nullable Long lastLatencyMs,
            String detail) {}

    /** The Hazelcast cluster: hints only. */
    public record Cluster(int members, String state) {}

    /** Something an operator should know. */
    public record Alert(String code, String text, long sinceMs) {}
}
