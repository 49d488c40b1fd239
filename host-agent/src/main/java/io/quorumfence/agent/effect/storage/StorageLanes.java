package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.wire.MacKeys;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The quorum storages of this host, each on a process and a thread of its own, so that one that hangs holds up none of
 * the others. Every command is answered by exactly one observation; lanes open, shut and open again by themselves and
 * say so.
 */
public final class StorageLanes implements AutoCloseable {
    private final Map<StorageId, Lane> lanes = new LinkedHashMap<>();

    /**
     * @param natives directory of the native programs
     * @param run directory on tmpfs, for the lanes' locks and memories; must exist
     * @param rawClockNs CLOCK_MONOTONIC_RAW
     * @param sink takes observations from the lanes' threads and from callers of {@link #execute}; must not block
     */
    public StorageLanes(
            CellConfig config,
            MacKeys keys,
            Path natives,
            Path run,
            LongSupplier rawClockNs,
            Consumer<Observation> sink) {
        for (StorageSpec storage : config.storages()) {
            LaneScope scope = LaneScope.of(config, storage, keys, natives, run);
            lanes.put(storage.id(), new Lane(scope, rawClockNs, sink));
        }
    }

    /** Starts all lanes; each reports {@code LaneOpened} or {@code LaneShut} when it knows. */
    public void start() {
        lanes.values().forEach(Lane::start);
    }

    /** Never blocks. A command for a lane that is shut or busy is answered at once, as failed. */
    public void execute(StorageCommand command) {
        Lane lane = lanes.get(command.storage());
        if (lane == null) {
            throw new IllegalArgumentException("storage " + command.storage() + " is not configured");
        }
        lane.offer(command);
    }

    /** Ends all lanes. A process that hangs in the kernel is left behind and keeps its lock until it returns. */
    @Override
    public void close() {
        try {
            for (Lane lane : lanes.values()) {
                lane.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
