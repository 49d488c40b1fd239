package io.quorumfence.agent.effect.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.quorumfence.config.CellConfig;
import io.quorumfence.model.HostId;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.StorageObservation;
import io.quorumfence.wire.MacKeys;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The lanes of one agent, and the observations they posted. */
final class StorageAgent implements AutoCloseable {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);

    final StorageLanes lanes;

    private final HostId self;
    private final String boot;
    private final Deque<Observation> inbox = new ArrayDeque<>();
    private long op = 100;
    private long sequence;

    StorageAgent(CellConfig config, MacKeys keys, Path run, String boot) {
        this.boot = boot;
        self = config.host();
        lanes = new StorageLanes(config, keys, StorageBench.NATIVES, run, System::nanoTime, this::post);
        lanes.start();
    }

    private synchronized void post(Observation observation) {
        inbox.add(observation);
        notifyAll();
    }

    /** Waits for the next observation of a kind and takes it; those of other kinds are left where they are. */
    <T extends StorageObservation> T await(Class<T> kind) {
        return await(kind, any -> true);
    }

    synchronized <T extends StorageObservation> T await(Class<T> kind, Predicate<T> wanted) {
        long end = System.nanoTime() + LIMIT_NS;
        while (true) {
            for (Observation observation : inbox) {
                if (kind.isInstance(observation) && wanted.test(kind.cast(observation))) {
                    inbox.remove(observation);
                    return kind.cast(observation);
                }
            }
            long left = end - System.nanoTime();
            if (left <= 0) {
                fail("no " + kind.getSimpleName() + " came; there are " + inbox);
            }
            try {
                wait(left / 1_000_000 + 1);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    synchronized boolean isQuiet() {
        return inbox.isEmpty();
    }

    StorageAgent opened(StorageId... storages) {
        for (StorageId storage : storages) {
            await(StorageObservation.LaneOpened.class, o -> o.storage().equals(storage));
        }
        return this;
    }

    String shutDetail(StorageId storage) {
        return await(StorageObservation.LaneShut.class, o -> o.storage().equals(storage))
                .detail();
    }

    long nextOp() {
        return ++op;
    }

    void sendBeat(StorageId storage) {
        lanes.execute(new StorageCommand.BeatRound(storage, nextOp(), StorageBench.beat(self, boot, ++sequence)));
    }

    StorageObservation.BeatRoundDone beat(StorageId storage) {
        sendBeat(storage);
        return await(StorageObservation.BeatRoundDone.class, o -> o.storage().equals(storage));
    }

    /** A beat round that must go well. */
    StorageObservation.BeatRoundDone goodBeat(StorageId storage) {
        StorageObservation.BeatRoundDone done = beat(storage);
        assertThat(done.io().ok()).as(done.io().detail()).isTrue();
        return done;
    }

    StorageObservation.BeatsScanned scan(StorageId storage) {
        lanes.execute(new StorageCommand.ScanBeats(storage, nextOp()));
        return await(StorageObservation.BeatsScanned.class);
    }

    @Override
    public void close() {
        lanes.close();
    }
}
