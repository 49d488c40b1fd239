package io.quorumfence.agent.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quorumfence.config.CellConfig;
import io.quorumfence.model.IoResult;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.PeerObservation;
import io.quorumfence.model.observation.StorageObservation;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * How long storages and planes take, as histograms: what comes near to a deadline is seen there first. Observations
 * come from any thread, sent rounds from the loop.
 */
final class Latencies {
    private static final int ROUNDS_KEPT = 64;
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(50),
        Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1),
        Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30)
    };

    private final LongSupplier clock;
    private final Map<StorageId, Timer> storages = new HashMap<>();
    private final Map<PlaneId, Timer> planes = new HashMap<>();
    /** When each of the last rounds was sent; its monitor is held for a few instructions only. */
    private final Map<Long, Long> rounds = new LinkedHashMap<>();

    Latencies(MeterRegistry meters, CellConfig cell, LongSupplier clock) {
        this.clock = clock;
        for (StorageId storage : cell.storageIds()) {
            storages.put(
                    storage,
                    Timer.builder("quorumfence.storage.operation")
                            .description("time of one operation on a quorum storage, failed ones included")
                            .tag("storage", storage.value())
                            .serviceLevelObjectives(BUCKETS)
                            .register(meters));
        }
        for (PlaneId plane : cell.planes()) {
            planes.put(
                    plane,
                    Timer.builder("quorumfence.plane.acknowledgement")
                            .description("time from a round of requests to a peer's answer on this plane")
                            .tag("plane", plane.value())
                            .serviceLevelObjectives(BUCKETS)
                            .register(meters));
        }
    }

    /** What goes to the peers, with the time of its round noted first. */
    Consumer<PeerCommand> before(Consumer<PeerCommand> peers) {
        return command -> {
            sent(command);
            peers.accept(command);
        };
    }

    /** What goes to the core, measured on the way. */
    Consumer<Observation> behind(Consumer<Observation> inbox) {
        return observation -> {
            seen(observation);
            inbox.accept(observation);
        };
    }

    private void sent(PeerCommand command) {
        if (command instanceof PeerCommand.SendAckRequest sent) {
            synchronized (rounds) {
                rounds.putIfAbsent(sent.request().sequence(), clock.getAsLong());
                if (rounds.size() > ROUNDS_KEPT) {
                    rounds.remove(rounds.keySet().iterator().next());
                }
            }
        }
    }

    private void seen(Observation observation) {
        if (observation instanceof StorageObservation.BeatRoundDone done) {
            io(done.storage(), done.io());
        } else if (observation instanceof StorageObservation.BeatsScanned done) {
            io(done.storage(), done.io());
        } else if (observation instanceof StorageObservation.MailRoundDone done) {
            io(done.storage(), done.io());
        } else if (observation instanceof StorageObservation.BallotsRead done) {
            io(done.storage(), done.io());
        } else if (observation instanceof PeerObservation.AckArrived arrived) {
            acknowledged(arrived.plane(), arrived.ack().sequence());
        }
    }

    private void io(StorageId storage, IoResult io) {
        Timer timer = storages.get(storage);
        if (timer != null) {
            timer.record(Math.max(0, io.endNs() - io.startNs()), TimeUnit.NANOSECONDS);
        }
    }

    private void acknowledged(PlaneId plane, long sequence) {
        Long sentNs;
        synchronized (rounds) {
            sentNs = rounds.get(sequence);
        }
        Timer timer = planes.get(plane);
        if (timer != null && sentNs != null) {
            timer.record(Math.max(0, clock.getAsLong() - sentNs), TimeUnit.NANOSECONDS);
        }
    }
}
