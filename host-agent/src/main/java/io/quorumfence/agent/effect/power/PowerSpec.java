package io.quorumfence.agent.effect.power;

import io.quorumfence.model.HostId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The fence devices of the cell.
 *
 * @param program {@code qf-power}
 * @param agents directory of the fence agents
 * @param run where the locks lie: on tmpfs, so that they go with the kernel
 * @param levels by host: levels of devices; all devices of one level together take a host's power
 * @param timeout longest call in quiet times
 * @param every how often the devices are looked at in quiet times
 */
public record PowerSpec(
        Path program,
        Path agents,
        Path run,
        Map<HostId, List<List<PowerDevice>>> levels,
        Duration timeout,
        Duration every) {
    public PowerSpec {
        levels = Map.copyOf(levels);
    }

    /** Held by everything that could switch the host off. */
    Path lockOf(HostId host) {
        return run.resolve("power-" + host + ".lock");
    }

    /** Held by statuses, which nobody waits for. */
    Path lookOf(HostId host) {
        return run.resolve("look-" + host + ".lock");
    }
}
