package io.quorumfence.agent.app;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.agent.effect.local.KeeperPort;
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
        Gauge.builder("quorumfence.lease.used.ratio", loop, l -> AgentFacts.leaseUsed(l.state(), clock.getAsLong()))
                .description("how much of the lease is used up; at 1 the self-fence acts")
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
        bindStorages(meters, loop, storages, clock);
    }

    static void bindWatchdog(MeterRegistry meters, AgentLoop loop, KeeperPort keeper) {
        Gauge.builder("quorumfence.watchdog.open", loop, l -> AgentFacts.isWatchdogOpen(l.state()) ? 1 : 0)
                .description("1 while the keeper is alive and its watchdog is open; 0: nothing is released by time")
                .register(meters);
        Gauge.builder(
                        "quorumfence.watchdog.timeout.seconds",
                        keeper,
                        k -> k.words().watchdogMs() / 1e3)
                .description("timeout that the watchdog really has")
                .register(meters);
        Gauge.builder("quorumfence.watchdog.nowayout", keeper, k -> k.report().nowayout() ? 1 : 0)
                .description("1 when its driver never disarms")
                .register(meters);
        Gauge.builder("quorumfence.watchdog.last.reset", keeper, k -> k.report().lastResetByWatchdog() ? 1 : 0)
                .description("1 when the driver says that it reset this host the last time")
                .register(meters);
        Gauge.builder("quorumfence.keeper.gap.worst.seconds", keeper, KeeperPort::worstGapSeconds)
                .description("longest time between two ticks of the keeper")
                .register(meters);
    }

    private static void bindStorages(
            MeterRegistry meters, AgentLoop loop, List<StorageId> storages, LongSupplier clock) {
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
