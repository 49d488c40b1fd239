package io.quorumfence.agent.app;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.agent.shell.AgentLoop;
import io.quorumfence.model.StorageId;
import java.util.List;
import java.util.function.LongSupplier;

/** The agent's own gauges; each reads the newest state when it is scraped, so nothing is counted on the loop. */
final class AgentMeters {
    private AgentMeters() {}

    static void bind(MeterRegistry meters, AgentLoop loop, List<StorageId> storages, LongSupplier clock) {
        Gauge.builder(
                        "quorumfence.lease.remaining.seconds",
                        loop,
                        l -> AgentFacts.leaseRemainingSeconds(l.state(), clock.getAsLong()))
                .description("time left of this host's lease, 0 without a live one")
                .register(meters);
        Gauge.builder("quorumfence.armed", loop, l -> AgentFacts.isArmed(l.state()) ? 1 : 0)
                .description("1 while the keeper holds a finite expiry and both majorities know")
                .register(meters);
        Gauge.builder("quorumfence.suspects", loop, l -> AgentFacts.suspects(l.state()))
                .description("hosts this one suspects")
                .register(meters);
        Gauge.builder("quorumfence.record.version", loop, l -> AgentFacts.recordVersion(l.state()))
                .description("newest decided version of the cell record known here")
                .register(meters);
        Gauge.builder("quorumfence.loop.delay.worst.seconds", loop, AgentLoop::takeWorstDelaySeconds)
                .description("worst delay of the agent's event loop since the last scrape")
                .register(meters);
        for (StorageId storage : storages) {
            Gauge.builder(
                            "quorumfence.storage.age.seconds",
                            loop,
                            l -> AgentFacts.storageAgeSeconds(l.state(), storage, clock.getAsLong()))
                    .description("age of the last good answer of a quorum storage")
                    .tag("storage", storage.value())
                    .register(meters);
            Gauge.builder(
                            "quorumfence.storage.latency.seconds",
                            loop,
                            l -> AgentFacts.storageLatencySeconds(l.state(), storage))
                    .description("time the last finished operation took")
                    .tag("storage", storage.value())
                    .register(meters);
        }
    }
}
