package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Member;
import io.quorumfence.config.Profile;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.Beat;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.Terms;
import io.quorumfence.model.VmList;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.MacKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** A cell of three hosts whose quorum storages are files of a test's own directory, worked on by the real lanes. */
final class StorageBench implements AutoCloseable {
    static final MacKeys KEY = MacKeys.ofHex("5a".repeat(32));
    static final HostId H1 = new HostId("h1");
    static final HostId H2 = new HostId("h2");
    static final HostId H3 = new HostId("h3");
    static final StorageId S1 = new StorageId("s1");
    static final StorageId S2 = new StorageId("s2");
    static final StorageId S3 = new StorageId("s3");
    static final Path NATIVES = Path.of(System.getProperty("qf.native", "target/native"));

    private static final Duration BEAT = Duration.ofMillis(50);

    private final Path directory;
    private final List<StorageAgent> agents = new ArrayList<>();

    StorageBench(Path directory) {
        this.directory = directory;
    }

    Path file(StorageId storage) {
        return directory.resolve(storage + ".cell");
    }

    /** A run directory: what a boot of a host has in common. */
    Path run(String name) {
        try {
            return Files.createDirectories(directory.resolve("run-" + name));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    CellConfig config(HostId self, StorageId... storages) {
        var preset = Profile.FAST.deadlines();
        var deadlines = new io.quorumfence.config.Deadlines(
                BEAT, preset.suspect(), preset.self(), preset.act(), preset.watchdog(), preset.margin());
        return new CellConfig(
                new CellId("lab1"),
                self,
                List.of(H1, H2, H3).stream()
                        .map(host -> new Member(host, Map.of(), Optional.empty()))
                        .toList(),
                List.of(new PlaneId("management")),
                Arrays.stream(storages)
                        .map(id -> new StorageSpec(id, file(id).toString(), Optional.empty()))
                        .toList(),
                deadlines,
                1000,
                Duration.ofMillis(20),
                SelfFenceAction.STOP_VMS,
                WatchdogKind.FIFO_LAB,
                0,
                Duration.ofMinutes(10));
    }

    /** Formats all the given storages. */
    List<String> format(StorageId... storages) throws StorageInitException, InterruptedException {
        return format(plan(config(H1, storages), false, storages));
    }

    List<String> format(InitPlan plan) throws StorageInitException, InterruptedException {
        List<String> report = new ArrayList<>();
        format(plan, report, span -> {});
        return report;
    }

    /** @param pause what happens while the formatter waits */
    void format(InitPlan plan, List<String> report, LaneOpening.Pause pause)
            throws StorageInitException, InterruptedException {
        new StorageFormatter(plan, KEY, NATIVES, run("init"), report::add, pause).format();
    }

    InitPlan plan(CellConfig config, boolean force, StorageId... chosen) {
        Set<StorageId> ids = Arrays.stream(chosen).collect(Collectors.toSet());
        return new InitPlan(config, ids, new Layout(4, 8192), force, System.currentTimeMillis());
    }

    /** Starts the lanes of a host; its boot is named by the host. */
    StorageAgent agent(HostId self, StorageId... storages) {
        return agent(self, self.value(), storages);
    }

    StorageAgent agent(HostId self, String boot, StorageId... storages) {
        return agent(self, boot, KEY, storages);
    }

    StorageAgent agent(HostId self, String boot, MacKeys keys, StorageId... storages) {
        StorageAgent agent = new StorageAgent(config(self, storages), keys, run(boot), boot);
        agents.add(agent);
        return agent;
    }

    Path lock(String boot, StorageId storage) {
        return run(boot).resolve("lane-" + storage + ".lock");
    }

    /** The lane's process, as its lock names it. */
    ProcessHandle laneOf(String boot, StorageId storage) {
        try {
            String pid = Files.readString(lock(boot, storage)).strip();
            return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static void signal(String signal, ProcessHandle process) {
        try {
            int code = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + signal + " ended with " + code);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a map of all members says of one. */
    static <T> T of(HostId host, Map<HostId, T> all) {
        return Objects.requireNonNull(all.get(host), host::value);
    }

    static Beat beat(HostId host, long sequence) {
        return beat(host, host.value(), sequence);
    }

    static Beat beat(HostId host, String boot, long sequence) {
        Terms terms =
                new Terms(SelfFenceAction.STOP_VMS, 6_000, 1_000, 2_000, WatchdogKind.FIFO_LAB, true, 2_000, 3_000);
        return new Beat(
                host,
                new Incarnation(1, new UUID(7, boot.hashCode())),
                HostPhase.JOINED,
                sequence,
                1,
                1,
                1,
                terms,
                new VmList(List.of(), true));
    }

    @Override
    public void close() {
        agents.forEach(StorageAgent::close);
    }
}
