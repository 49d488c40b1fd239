package io.quorumfence.config;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.WatchdogKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A valid cell and small changes of it. */
final class Configs {
    static final PlaneId MANAGEMENT = new PlaneId("management");
    static final PlaneId STORAGE = new PlaneId("storage");

    private Configs() {}

    static Member member(int number) {
        return new Member(
                new HostId("h" + number),
                Map.of(MANAGEMENT, "10.77.1." + number, STORAGE, "10.77.2." + number),
                Optional.of(new SshTarget(List.of("10.77.1." + number), 22, "root", "ssh-ed25519 AAAA")));
    }

    static StorageSpec storage(int number) {
        String mount = "/qf/s" + number;
        return new StorageSpec(new StorageId("s" + number), mount + "/quorumfence.cell", Optional.of(mount));
    }

    static CellConfig valid() {
        return cell(List.of(member(1), member(2), member(3)), List.of(storage(1), storage(2), storage(3)));
    }

    static CellConfig cell(List<Member> members, List<StorageSpec> storages) {
        return new CellConfig(
                new CellId("lab1"),
                new HostId("h1"),
                members,
                List.of(MANAGEMENT, STORAGE),
                storages,
                Profile.NORMAL.deadlines(),
                1000,
                Duration.ofSeconds(1),
                SelfFenceAction.STOP_VMS,
                WatchdogKind.FIFO_LAB,
                0,
                Duration.ofMinutes(10));
    }

    static CellConfig timed(Deadlines deadlines, int rhoPpm, Duration flight, SelfFenceAction action) {
        return timed(deadlines, rhoPpm, flight, action, WatchdogKind.FIFO_LAB);
    }

    static CellConfig timed(
            Deadlines deadlines, int rhoPpm, Duration flight, SelfFenceAction action, WatchdogKind watchdog) {
        CellConfig like = valid();
        return new CellConfig(
                like.cell(),
                like.host(),
                like.members(),
                like.planes(),
                like.storages(),
                deadlines,
                rhoPpm,
                flight,
                action,
                watchdog,
                0,
                like.stormWindow());
    }

    static CellConfig storm(int limit, Duration window) {
        CellConfig like = valid();
        return new CellConfig(
                like.cell(),
                like.host(),
                like.members(),
                like.planes(),
                like.storages(),
                like.deadlines(),
                1000,
                like.flight(),
                like.action(),
                like.watchdog(),
                limit,
                window);
    }
}
