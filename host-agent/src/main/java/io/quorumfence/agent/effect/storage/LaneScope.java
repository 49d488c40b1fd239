package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.wire.MacKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What one lane works with.
 *
 * @param program the {@code qf-lane} executable
 * @param run directory on tmpfs for the lane's lock and memory
 * @param watch how long an own beat of unknown origin must stand still before it is taken for a dead predecessor's
 */
record LaneScope(
        CellId cell,
        HostId self,
        int selfIndex,
        List<HostId> members,
        StorageSpec storage,
        MacKeys keys,
        Path program,
        Path run,
        Duration watch) {
    private static final int WATCHED_BEATS = 3;

    LaneScope {
        members = List.copyOf(members);
    }

    static LaneScope of(CellConfig config, StorageSpec storage, MacKeys keys, Path natives, Path run) {
        return new LaneScope(
                config.cell(),
                config.host(),
                config.indexOf(config.host()),
                config.hosts(),
                storage,
                keys,
                natives.resolve("qf-lane"),
                run,
                config.deadlines().beat().multipliedBy(WATCHED_BEATS));
    }

    Path lock() {
        return run.resolve("lane-" + storage.id() + ".lock");
    }

    Path memory() {
        return run.resolve("lane-" + storage.id() + ".seen");
    }
}
