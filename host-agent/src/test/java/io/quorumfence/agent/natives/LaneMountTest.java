package io.quorumfence.agent.natives;

import static io.quorumfence.agent.natives.LaneClient.BLOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorumfence.agent.natives.LaneClient.Response;
import io.quorumfence.agent.natives.LaneClient.Step;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The empty directory below a storage that is not mounted must never be taken for the storage. */
@Timeout(60)
class LaneMountTest {

    private static final int NOT_MOUNTED = 1001;

    @RegisterExtension
    final Litter litter = new Litter();

    @TempDir
    private Path dir;

    @Test
    void doesNotWriteBelowADirectoryThatIsNoMount() throws Exception {
        Path file = Files.write(dir.resolve("storage"), new byte[BLOCK]);
        Response response = lane(dir, file).ask(1, Step.write(0, 'A', BLOCK));

        assertThat(response.error()).isEqualTo(NOT_MOUNTED);
        assertThat(Files.readAllBytes(file)).containsOnly(0);
    }

    @Test
    void doesNotMakeTheFileThatIsMissing() throws Exception {
        assertThat(lane(Path.of("/dev/shm"), dir.resolve("none")).ask(1).error())
                .isEqualTo(1003);
        assertThat(lane(dir.resolve("no-mount"), dir.resolve("none")).ask(1).error())
                .isEqualTo(NOT_MOUNTED);
        assertThat(dir.resolve("none")).doesNotExist();
    }

    @Test
    void doesNotWriteToAFileThatIsElsewhereThanTheMount() throws Exception {
        Path file = Files.write(dir.resolve("storage"), new byte[BLOCK]);
        assertThat(lane(Path.of("/dev/shm"), file)
                        .ask(1, Step.write(0, 'A', BLOCK))
                        .error())
                .isEqualTo(NOT_MOUNTED);
        assertThat(Files.readAllBytes(file)).containsOnly(0);
    }

    @Test
    void writesToAFileOnTheMount() throws Exception {
        Path file = Files.write(litter.memoryDir().resolve("storage"), new byte[BLOCK]);
        assertThat(lane(Path.of("/dev/shm"), file)
                        .ask(1, Step.write(0, 'A', BLOCK))
                        .error())
                .isZero();
        assertThat(Files.readAllBytes(file)).containsOnly('A');
    }

    @Test
    void noticesThatTheStorageWasUnmountedBetweenTwoOps() throws Exception {
        assumeTrue(NativePrograms.root(), "skipped: mounting a file system needs root");
        Path mount = Files.createDirectory(dir.resolve("mount"));
        Path file = mount.resolve("storage");
        Files.write(file, new byte[BLOCK]);
        mount("-t", "tmpfs", "qf-test", mount.toString());
        Files.write(file, new byte[BLOCK]);

        LaneClient lane = lane(mount, file);
        assertThat(lane.ask(1, Step.write(0, 'A', BLOCK)).error()).isZero();
        assertThat(litter.run("umount", mount.toString()).code()).isZero();
        assertThat(lane.ask(2, Step.write(0, 'B', BLOCK)).error()).isEqualTo(NOT_MOUNTED);
        assertThat(Files.readAllBytes(file)).containsOnly(0);
    }

    @Test
    void knowsAMountOfTheSameFileSystem() throws Exception {
        assumeTrue(NativePrograms.root(), "skipped: mounting a file system needs root");
        Path source = Files.createDirectory(dir.resolve("source"));
        Files.write(source.resolve("storage"), new byte[BLOCK]);
        Path mount = Files.createDirectory(dir.resolve("mount"));
        mount("--bind", source.toString(), mount.toString());

        assertThat(lane(mount, mount.resolve("storage")).ask(1).error()).isZero();
        // The same file by a way that does not lead through the mount.
        assertThat(lane(mount, source.resolve("storage")).ask(1).error()).isEqualTo(NOT_MOUNTED);
    }

    @Test
    void saysSoWhenTheStorageHasNoDirectAccess() throws Exception {
        assumeTrue(NativePrograms.root(), "skipped: mounting a file system needs root");
        Path mount = Files.createDirectory(dir.resolve("mount"));
        mount("-t", "ramfs", "qf-test", mount.toString());
        Path file = Files.write(mount.resolve("storage"), new byte[BLOCK]);
        Response response = lane(mount, file).ask(1, Step.write(0, 'A', BLOCK), Step.read(0, BLOCK));
        assertThat(response.error()).isZero();
        assertThat(response.text()).isEqualTo("buffered: the storage has no O_DIRECT");
        assertThat(response.head(0)).isEqualTo("AAAA");
    }

    @Test
    void aStorageThatBecameReadOnlyIsAnErrorAndComesBack() throws Exception {
        assumeTrue(NativePrograms.root(), "skipped: mounting a file system needs root");
        Path mount = Files.createDirectory(dir.resolve("mount"));
        mount("-t", "tmpfs", "qf-test", mount.toString());
        Path file = Files.write(mount.resolve("storage"), new byte[BLOCK]);
        LaneClient lane = lane(mount, file);
        assertThat(lane.ask(1, Step.write(0, 'A', BLOCK)).error()).isZero();

        assertThat(litter.run("mount", "-o", "remount,ro", mount.toString()).code())
                .isZero();
        Response refused = lane.ask(2, Step.write(0, 'B', BLOCK));
        assertThat(refused.error()).isNotZero();
        assertThat(refused.text()).contains("Read-only file system").doesNotContain("\n", mount.toString());
        assertThat(Files.readAllBytes(file)).containsOnly('A');

        assertThat(litter.run("mount", "-o", "remount,rw", mount.toString()).code())
                .isZero();
        assertThat(lane.ask(3, Step.write(0, 'B', BLOCK)).error()).isZero();
    }

    @Test
    void aFullStorageIsAnErrorAndLosesNothing() throws Exception {
        assumeTrue(NativePrograms.root(), "skipped: mounting a file system needs root");
        Path mount = Files.createDirectory(dir.resolve("mount"));
        mount("-t", "tmpfs", "-o", "size=" + 2 * BLOCK, "qf-test", mount.toString());
        Path file = mount.resolve("storage");
        // Longer than what there is room for: the blocks behind the first have no place yet.
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(8L * BLOCK);
        }
        LaneClient lane = lane(mount, file);
        assertThat(lane.ask(1, Step.write(0, 'A', BLOCK)).error()).isZero();
        Files.write(mount.resolve("filler"), new byte[BLOCK]);

        Response refused = lane.ask(2, Step.write(4L * BLOCK, 'B', BLOCK));
        assertThat(refused.error()).isNotZero();
        assertThat(refused.text()).contains("No space left on device");
        assertThat(lane.ask(3, Step.read(0, BLOCK)).head(0)).isEqualTo("AAAA");
    }

    @Test
    void servesABlockDevice() throws Exception {
        assumeTrue(NativePrograms.root(), "skipped: a loop device needs root");
        Path file = Files.write(dir.resolve("disk"), new byte[16 * BLOCK]);
        Litter.Result loop = litter.run("losetup", "--find", "--show", file.toString());
        assumeTrue(loop.code() == 0, "skipped: no loop device to be had");
        Path device = Path.of(loop.out().trim());
        litter.later(() -> litter.run("losetup", "--detach", device.toString()));

        LaneClient lane = lane(null, device);
        Response response = lane.ask(1, Step.write(BLOCK, 'D', BLOCK), Step.read(BLOCK, BLOCK));
        assertThat(response.error()).isZero();
        assertThat(response.head(0)).isEqualTo("DDDD");
        assertThat(lane.ask(2, Step.read(16 * BLOCK, BLOCK)).error()).isEqualTo(1002);
        lane.endOfRequests();
        assertThat(lane.process().waitFor()).isZero();
    }

    private void mount(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "mount";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        assertThat(litter.run(command).code()).isZero();
        String mount = arguments[arguments.length - 1];
        litter.later(() -> litter.run("umount", "--lazy", mount));
    }

    private LaneClient lane(@org.jspecify.annotations.Nullable Path mount, Path file) throws IOException {
        String lock = Files.createTempFile(dir, "lane", ".lock").toString();
        ProcessBuilder lane = new ProcessBuilder(
                NativePrograms.path("qf-lane"), "--storage", "s1", "--path", file.toString(), "--lock", lock);
        if (mount != null) {
            lane.command().add("--mount");
            lane.command().add(mount.toString());
        }
        return new LaneClient(litter.start(lane));
    }
}
