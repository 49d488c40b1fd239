package io.quorumfence.agent.natives;

import static io.quorumfence.agent.natives.LaneClient.BLOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.natives.LaneClient.Response;
import io.quorumfence.agent.natives.LaneClient.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LaneTest {

    private static final int SIZE = 16 * BLOCK;

    @RegisterExtension
    final Litter litter = new Litter();

    @TempDir
    private Path dir;

    private Path storage;
    private Path lock;

    @BeforeEach
    void format() throws IOException {
        storage = Files.write(dir.resolve("storage"), new byte[SIZE]);
        lock = dir.resolve("lane-s1.lock");
    }

    @Test
    void readsBackWhatItWroteInTheSameOp() throws Exception {
        Response response = lane().ask(7, Step.write(BLOCK, 'A', BLOCK), Step.read(BLOCK, 2 * BLOCK));

        assertThat(response.op()).isEqualTo(7);
        assertThat(response.error()).isZero();
        assertThat(response.reads()).hasSize(1);
        assertThat(response.reads().get(0)).hasSize(2 * BLOCK).startsWith('A').endsWith(0);
        assertThat(byteAt(BLOCK)).isEqualTo('A');
        assertThat(byteAt(2 * BLOCK)).isZero();
    }

    @Test
    void runsTheStepsOfAnOpInTheirOrder() throws Exception {
        Response response = lane().ask(
                        1,
                        Step.write(0, 'A', BLOCK),
                        Step.read(0, BLOCK),
                        Step.write(0, 'B', BLOCK),
                        Step.read(0, BLOCK));

        assertThat(response.head(0)).isEqualTo("AAAA");
        assertThat(response.head(1)).isEqualTo("BBBB");
        assertThat(byteAt(0)).isEqualTo('B');
    }

    @Test
    void answersOpsInTheOrderOfTheirRequests() throws Exception {
        LaneClient lane = lane();
        for (int op = 1; op <= 8; op++) {
            lane.send(LaneClient.request(op, Step.write(0, (char) ('a' + op), BLOCK), Step.read(0, BLOCK)));
        }
        long end = 0;
        for (int op = 1; op <= 8; op++) {
            Response response = lane.receive();
            assertThat(response.op()).isEqualTo(op);
            assertThat(response.head(0)).startsWith(String.valueOf((char) ('a' + op)));
            assertThat(response.startNs()).isGreaterThanOrEqualTo(end);
            assertThat(response.endNs()).isGreaterThan(response.startNs());
            end = response.endNs();
        }
    }

    @Test
    void anOpWithoutStepsOnlyOpensTheStorage() throws Exception {
        LaneClient lane = lane();
        assertThat(lane.ask(1).error()).isZero();
        Files.delete(storage);
        assertThat(lane.ask(2).error()).isEqualTo(1003);
    }

    @Test
    void opensTheStorageAnewForEachOp() throws Exception {
        LaneClient lane = lane();
        assertThat(lane.ask(1, Step.write(0, 'A', BLOCK)).error()).isZero();
        Files.delete(storage);
        Files.write(storage, new byte[SIZE]);
        assertThat(lane.ask(2, Step.read(0, BLOCK)).reads().get(0)).containsOnly(0);
    }

    @Test
    void changesNothingWhenOneStepLiesBeyondTheEnd() throws Exception {
        Response response = lane().ask(1, Step.write(0, 'A', BLOCK), Step.write(SIZE, 'B', BLOCK));

        assertThat(response.error()).isEqualTo(1002);
        assertThat(response.failedStep()).isEqualTo(1);
        assertThat(byteAt(0)).isZero();
        assertThat(Files.size(storage)).isEqualTo(SIZE);
    }

    @Test
    void answersNoDataOfAnOpThatFailed() throws Exception {
        Response response = lane().ask(1, Step.read(0, BLOCK), Step.read(SIZE - BLOCK, 2 * BLOCK));

        assertThat(response.error()).isEqualTo(1002);
        assertThat(response.reads()).isEmpty();
    }

    @Test
    void changesNothingWhenOneStepIsNotAligned() throws Exception {
        LaneClient lane = lane();
        assertThat(lane.ask(1, Step.write(0, 'A', BLOCK), Step.read(512, BLOCK)).error())
                .isEqualTo(22);
        assertThat(lane.ask(2, Step.write(0, 'A', BLOCK), Step.write(BLOCK, 'B', 100))
                        .failedStep())
                .isEqualTo(1);
        assertThat(lane.ask(3, Step.write(0, 'A', BLOCK), Step.read(0, 0)).error())
                .isEqualTo(22);
        assertThat(byteAt(0)).isZero();
        assertThat(lane.ask(4, Step.read(0, BLOCK)).error()).isZero();
    }

    @Test
    void readsAndWritesTheLargestOp() throws Exception {
        int half = 8 * 1024 * 1024;
        Files.write(storage, new byte[2 * half]);
        Response response = lane().ask(1, Step.write(half, 'L', half), Step.read(half, half));

        assertThat(response.error()).isZero();
        assertThat(response.reads().get(0)).hasSize(half).endsWith('L');
    }

    @Test
    void cannotOpenWhatIsNoStorage() throws Exception {
        Files.delete(storage);
        Files.createDirectory(storage);
        Response response = lane().ask(1, Step.read(0, BLOCK));
        assertThat(response.error()).isEqualTo(1003);
        assertThat(response.text()).doesNotContain(dir.toString());
    }

    @Test
    void aSecondLaneOnTheSameLockExitsWithThree() throws Exception {
        LaneClient first = lane();
        assertThat(first.ask(1).error()).isZero();

        Litter.Result second = litter.run(command());

        assertThat(second.code()).isEqualTo(3);
        assertThat(second.err())
                .isEqualTo("lane s1: the predecessor (pid " + first.process().pid() + ") still holds the lane\n");
    }

    @Test
    void endsWithItsRequestsAndFreesTheLane() throws Exception {
        LaneClient first = lane();
        assertThat(first.ask(1).error()).isZero();
        first.endOfRequests();
        assertThat(first.process().waitFor()).isZero();

        assertThat(lane().ask(2).error()).isZero();
    }

    @Test
    void aLockFileThatIsReplacedMeanwhileDoesNotMakeTwoLanes() throws Exception {
        Path quicker = NativePrograms.compile("fakeflock.c", dir.resolve("fakeflock.so"), "-shared", "-fPIC");
        ProcessBuilder builder = new ProcessBuilder(command());
        builder.environment().put("LD_PRELOAD", quicker.toString());
        builder.environment().put("LOCK_FILE", lock.toString());
        Process lane = litter.start(builder);
        lane.getOutputStream().close();
        Litter.Result result = Litter.end(lane);
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.err()).startsWith("lane s1: the lock ").hasLineCount(1);
    }

    @Test
    void leavesItsPidInTheLockFile() throws Exception {
        LaneClient lane = lane();
        assertThat(lane.ask(1).error()).isZero();
        assertThat(lock).hasContent(lane.process().pid() + "\n");
    }

    @Test
    void doesNotWriteARequestThatWasCutShort() throws Exception {
        LaneClient lane = lane();
        byte[] frame = LaneClient.request(1, Step.write(0, 'A', BLOCK), Step.write(BLOCK, 'B', BLOCK));
        lane.send(Arrays.copyOf(frame, frame.length - 1));
        lane.endOfRequests();

        assertThat(lane.process().waitFor()).isZero();
        assertThat(byteAt(0)).isZero();
    }

    @Test
    void endsOnAFrameThatItCannotUnderstand() throws Exception {
        assertBad(
                "nonsense nonsense nonsense".getBytes(),
                "lane s1: bad request: a frame that does not start with QFLQ\n");
    }

    @Test
    void endsOnAStepOfUnknownKind() throws Exception {
        byte[] frame = LaneClient.request(1, Step.read(0, BLOCK));
        frame[16] = 3;
        assertBad(frame, "lane s1: bad request: a step that is neither a write nor a read\n");
    }

    @Test
    void endsOnAnOpThatIsTooLarge() throws Exception {
        byte[] frame = LaneClient.request(1, Step.read(0, BLOCK), Step.read(0, 16 * 1024 * 1024));
        assertBad(frame, "lane s1: bad request: an op of more than 16 MiB\n");
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(12, -1);
        assertBad(frame, "lane s1: bad request: an op of more than 4096 steps\n");
    }

    @Test
    void keepsNoneOfTheDescriptorsThatItInherits() throws Exception {
        String[] command = command();
        String[] leaking = new String[command.length + 3];
        leaking[0] = "bash";
        leaking[1] = "-c";
        leaking[2] = "exec 9>" + dir.resolve("leak") + " 200>&9; exec \"$0\" \"$@\"";
        System.arraycopy(command, 0, leaking, 3, command.length);
        LaneClient lane = new LaneClient(litter.start(leaking));
        assertThat(lane.ask(1).error()).isZero();
        try (Stream<Path> fds = Files.list(Path.of("/proc/" + lane.process().pid() + "/fd"))) {
            assertThat(fds.map(fd -> fd.getFileName().toString())).containsExactlyInAnyOrder("0", "1", "2", "3");
        }
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + lane.process().pid() + "/fd/3")))
                .isEqualTo(lock.toRealPath());
    }

    @Test
    void refusesBadOptionsInOneLine() throws Exception {
        String lane = NativePrograms.path("qf-lane");
        String path = storage.toString();
        assertUsage(lane);
        assertUsage(lane, "--nonsense");
        assertUsage(lane, "--storage", "s/1", "--path", path, "--lock", lock.toString());
        assertUsage(lane, "--storage", "s1", "--path", "relative", "--lock", lock.toString());
        assertUsage(lane, "--storage", "s1", "--path", path);
        assertUsage(lane, "--storage", "s1", "--path", path, "--lock", "relative");
        assertUsage(lane, "--storage", "s1", "--path", path, "--mount", "/", "--lock", lock.toString());
        assertUsage(lane, "--storage", "s1", "--path", path, "--lock", lock.toString(), "left over");
    }

    @Test
    void isUnavailableWithoutAPlaceForItsLock() throws Exception {
        lock = dir.resolve("missing/lane-s1.lock");
        Litter.Result result = litter.run(command());
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.err()).startsWith("lane s1: the lock ").hasLineCount(1);
    }

    @Test
    void probesSizeAndDirectAccessWithoutALock() throws Exception {
        Litter.Result result =
                litter.run(NativePrograms.path("qf-lane"), "--probe", "--storage", "s1", "--path", storage.toString());
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .startsWith("{\"storage\":\"s1\",\"usable\":true,\"error\":0,\"size\":" + SIZE
                        + ",\"blockDevice\":false,\"direct\":")
                .hasLineCount(1);
        assertThat(Files.readAllBytes(storage)).containsOnly(0);
    }

    @Test
    void probesAMissingStorageAsUnusable() throws Exception {
        Litter.Result result =
                litter.run(NativePrograms.path("qf-lane"), "--probe", "--storage", "s1", "--path", dir + "/none");
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.out()).contains("\"usable\":false,\"error\":1003").hasLineCount(1);
    }

    private String[] command() {
        return new String[] {
            NativePrograms.path("qf-lane"), "--storage", "s1", "--path", storage.toString(), "--lock", lock.toString()
        };
    }

    private LaneClient lane() throws IOException {
        return new LaneClient(litter.start(command()));
    }

    private int byteAt(int offset) throws IOException {
        return Files.readAllBytes(storage)[offset];
    }

    private void assertBad(byte[] frame, String line) throws Exception {
        LaneClient lane = lane();
        lane.send(frame);
        Litter.Result result = Litter.end(lane.process());
        assertThat(result.code()).isEqualTo(64);
        assertThat(result.err()).isEqualTo(line);
    }

    private void assertUsage(String... command) throws Exception {
        Litter.Result result = litter.run(command);
        assertThat(result.code()).isEqualTo(64);
        assertThat(result.err()).startsWith("qf-lane: ").hasLineCount(1);
        assertThat(result.out()).isEmpty();
    }
}
