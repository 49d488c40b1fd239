package io.quorumfence.agent.natives;

import static io.quorumfence.agent.natives.LaneClient.BLOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.natives.LaneClient.Response;
import io.quorumfence.agent.natives.LaneClient.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A write that hangs in the kernel: the lane stays shut until it has landed, whoever died meanwhile. */
@Timeout(60)
class LaneStuckTest {

    @RegisterExtension
    final Litter litter = new Litter();

    @TempDir
    private Path dir;

    private StuckStorage storage;
    private Path lock;

    @BeforeEach
    void mount() throws Exception {
        storage = new StuckStorage(litter, dir);
        lock = dir.resolve("lane-s1.lock");
    }

    @Test
    void keepsTheLockAfterTheDeathOfItsParentAndOfItself() throws Exception {
        LaneClient lane = new LaneClient(litter.start(command(
                // A shell between us and the lane, for the parent that dies.
                "bash", "-c", "exec 3<&0; \"$0\" \"$@\" <&3 3<&- & wait")));
        assertThat(lane.ask(1, Step.write(0, 'A', BLOCK)).error()).isZero();
        long pid = Long.parseLong(Files.readString(lock).trim());
        storage.withhold();
        lane.send(LaneClient.request(2, Step.write(0, 'B', BLOCK)));
        storage.awaitHeld();

        Litter.signal("KILL", lane.process().pid());
        lane.hangUp();
        Litter.signal("KILL", pid);
        Litter.await("the lane hangs in the kernel", () -> Litter.state(pid).equals("D"));

        Litter.Result second = Litter.end(closed(command()));
        assertThat(second.code()).isEqualTo(3);
        assertThat(second.err()).contains("the predecessor (pid " + pid + ") still holds the lane");

        storage.release();
        Litter.await("the old lane is gone", () -> Litter.ended(pid));
        Response response = new LaneClient(litter.start(command())).ask(3, Step.read(0, BLOCK));
        assertThat(response.error()).isZero();
        assertThat(response.head(0))
                .as("the late landing, which the new lane waited for")
                .isEqualTo("BBBB");
    }

    @Test
    void opensTheStorageForWritesThatAreDirectAndOnDisk() throws Exception {
        LaneClient lane = new LaneClient(litter.start(command()));
        storage.withhold();
        lane.send(LaneClient.request(1, Step.write(0, 'A', BLOCK)));
        storage.awaitHeld();
        int flags = 0;
        try (Stream<Path> fds = Files.list(Path.of("/proc/" + lane.process().pid() + "/fd"))) {
            for (Path fd : fds.toList()) {
                if (Files.readSymbolicLink(fd).equals(storage.file())) {
                    Path info = Path.of("/proc/" + lane.process().pid() + "/fdinfo/" + fd.getFileName());
                    flags = Integer.parseInt(
                            Files.readAllLines(info)
                                    .get(1)
                                    .substring("flags:".length())
                                    .trim(),
                            8);
                }
            }
        }
        assertThat(flags & 0_40000).as("O_DIRECT").isNotZero();
        assertThat(flags & 0_10000).as("O_DSYNC").isNotZero();
        storage.release();
        assertThat(lane.receive().error()).isZero();
    }

    @Test
    void beginsNoFurtherStepOnceNobodyReadsItsAnswers() throws Exception {
        LaneClient lane = new LaneClient(litter.start(command()));
        storage.withhold();
        lane.send(LaneClient.request(1, Step.write(0, 'A', BLOCK), Step.write(BLOCK, 'B', BLOCK)));
        lane.send(LaneClient.request(2, Step.write(2 * BLOCK, 'C', BLOCK)));
        storage.awaitHeld();

        lane.hangUp();
        storage.release();

        assertThat(lane.process().waitFor()).isZero();
        byte[] landed = storage.landed();
        assertThat(landed[0]).as("already in the kernel").isEqualTo((byte) 'A');
        assertThat(landed[BLOCK]).as("not begun").isZero();
        assertThat(landed[2 * BLOCK]).as("not begun").isZero();
    }

    @Test
    void answersTheNextOpOnlyAfterTheHangingOne() throws Exception {
        LaneClient lane = new LaneClient(litter.start(command()));
        storage.withhold();
        lane.send(LaneClient.request(1, Step.write(0, 'A', BLOCK)));
        lane.send(LaneClient.request(2, Step.write(0, 'B', BLOCK), Step.read(0, BLOCK)));
        storage.awaitHeld();
        storage.release();

        Response first = lane.receive();
        Response second = lane.receive();
        assertThat(first.op()).isEqualTo(1);
        assertThat(second.op()).isEqualTo(2);
        assertThat(second.startNs()).isGreaterThanOrEqualTo(first.endNs());
        assertThat(second.head(0)).isEqualTo("BBBB");
        assertThat(storage.landed()[0]).isEqualTo((byte) 'B');
    }

    private Process closed(ProcessBuilder builder) throws IOException {
        Process process = litter.start(builder);
        process.getOutputStream().close();
        return process;
    }

    private ProcessBuilder command(String... before) {
        ProcessBuilder builder = new ProcessBuilder();
        builder.command().addAll(List.of(before));
        builder.command()
                .addAll(List.of(
                        NativePrograms.path("qf-lane"),
                        "--storage",
                        "s1",
                        "--path",
                        storage.file().toString(),
                        "--mount",
                        storage.mount().toString(),
                        "--lock",
                        lock.toString()));
        return builder;
    }
}
