package io.quorumfence.agent.effect.storage;

import static io.quorumfence.agent.effect.storage.StorageBench.H1;
import static io.quorumfence.agent.effect.storage.StorageBench.H2;
import static io.quorumfence.agent.effect.storage.StorageBench.S1;
import static io.quorumfence.agent.effect.storage.StorageBench.of;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.CellId;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.StorageObservation;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.wire.BlockWrite;
import io.quorumfence.wire.HeaderCodec;
import io.quorumfence.wire.HeaderRead;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.StorageHeader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a lane notices about its storage and about other writers: rules 5 and 19, and the I/O rules. */
class LaneGuardsTest {
    private static final Layout LAYOUT = new Layout(4, 8192);

    @TempDir
    private Path directory;

    private StorageBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new StorageBench(directory);
        bench.format(S1);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void aLaneStaysShutUntilItsPredecessorsProcessHasLeft() throws Exception {
        Process predecessor = new ProcessBuilder(
                        StorageBench.NATIVES.resolve("qf-lane").toString(),
                        "--storage",
                        "s1",
                        "--path",
                        bench.file(S1).toString(),
                        "--lock",
                        bench.lock("h1", S1).toString())
                .start();
        try {
            awaitLock();
            StorageAgent agent = bench.agent(H1, S1);
            assertThat(agent.shutDetail(S1))
                    .isEqualTo("the predecessor (pid " + predecessor.pid() + ") still holds the lane");
            predecessor.getOutputStream().close();
            agent.opened(S1).goodBeat(S1);
        } finally {
            predecessor.destroyForcibly();
        }
    }

    private void awaitLock() throws IOException {
        Path lock = bench.lock("h1", S1);
        while (!Files.exists(lock) || Files.size(lock) == 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aRestartedAgentOfTheSameBootGoesOnAtOnceAboveItsPredecessor() throws Exception {
        bench.agent(H1, S1).opened(S1).goodBeat(S1);
        bench.close();
        StorageAgent next = bench.agent(H1, S1).opened(S1);
        assertThat(of(H1, next.goodBeat(S1).beats()).unknown()).isFalse();
        assertThat(next.goodBeat(S1).io().ok()).isTrue();
    }

    @Test
    void aNewBootTakesOverTheSlotsThatNobodyWritesAnyMore() throws Exception {
        bench.agent(H1, "boot-1", S1).opened(S1).goodBeat(S1);
        bench.close();
        bench.agent(H1, "boot-2", S1).opened(S1).goodBeat(S1);
    }

    @Test
    void aSecondAgentThatComesToALivingOneIsKeptOut() throws Exception {
        StorageAgent first = bench.agent(H1, "here", S1).opened(S1);
        first.goodBeat(S1);
        StorageAgent second = bench.agent(H1, "elsewhere", S1);
        // The newcomer watches before it opens; the first one beats on meanwhile.
        String detail = beatUntilShut(first, second);
        assertThat(detail)
                .startsWith("second agent with host id h1 (kernel boot ")
                .contains("'host' in agent.yaml");
        assertThat(first.goodBeat(S1).io().ok()).isTrue();
    }

    private static String beatUntilShut(StorageAgent living, StorageAgent newcomer) {
        while (newcomer.isQuiet()) {
            living.goodBeat(S1);
        }
        return newcomer.shutDetail(S1);
    }

    @Test
    void anAgentWhoseSlotsAreWrittenBySomebodyElseShutsForGood() throws Exception {
        StorageAgent first = bench.agent(H1, "here", S1).opened(S1);
        // Nothing was written yet, so the newcomer has nothing to watch.
        StorageAgent second = bench.agent(H1, "elsewhere", S1).opened(S1);
        first.goodBeat(S1);
        second.goodBeat(S1);
        second.goodBeat(S1);
        StorageObservation.BeatRoundDone failed = first.beat(S1);
        assertThat(failed.io().ok()).isFalse();
        assertThat(first.shutDetail(S1)).contains("second agent with host id h1");
        assertThat(first.beat(S1).io().detail()).startsWith("lane shut: second agent");
    }

    @Test
    void aStorageThatGoesBackInTimeIsDroppedEvenByTheNextAgent() throws Exception {
        StorageAgent agent = bench.agent(H1, S1).opened(S1);
        agent.goodBeat(S1);
        byte[] snapshot = Files.readAllBytes(bench.file(S1));
        agent.goodBeat(S1);
        agent.goodBeat(S1);
        Files.write(bench.file(S1), snapshot);
        assertThat(agent.scan(S1).io().ok()).isFalse();
        assertThat(agent.shutDetail(S1)).startsWith("went back in time: own beat is at write ");
        bench.close();
        StorageAgent next = bench.agent(H1, S1);
        assertThat(next.shutDetail(S1)).startsWith("went back in time: own beat is at write ");
        bench.close();
        // Only storage-init brings it back.
        bench.format(bench.plan(bench.config(H1, S1), true, S1));
        bench.agent(H1, S1).opened(S1).goodBeat(S1);
    }

    @Test
    void aBallotThatWentBackInTimeIsNoticedToo() throws Exception {
        StorageAgent agent = bench.agent(H1, S1).opened(S1);
        byte[] snapshot = Files.readAllBytes(bench.file(S1));
        agent.lanes.execute(new StorageCommand.ReadBallots(S1, 1));
        BallotBlock block = of(
                        H1, agent.await(StorageObservation.BallotsRead.class).blocks())
                .value()
                .orElseThrow();
        agent.lanes.execute(new StorageCommand.BallotRound(S1, 2, block));
        assertThat(agent.await(StorageObservation.BallotsRead.class).io().ok()).isTrue();
        Files.write(bench.file(S1), snapshot);
        agent.lanes.execute(new StorageCommand.ReadBallots(S1, 3));
        assertThat(agent.await(StorageObservation.BallotsRead.class).io().ok()).isFalse();
        assertThat(agent.shutDetail(S1)).startsWith("went back in time: own ballot block is at write ");
    }

    @Test
    void anOlderInitEpochIsAStorageThatWentBackInTime() throws Exception {
        byte[] snapshot = Files.readAllBytes(bench.file(S1));
        bench.format(bench.plan(bench.config(H1, S1), true, S1));
        bench.agent(H1, S1).opened(S1).goodBeat(S1);
        bench.close();
        Files.write(bench.file(S1), snapshot);
        assertThat(bench.agent(H1, S1).shutDetail(S1)).startsWith("went back in time: init epoch ");
    }

    @Test
    void aTornNewestCopyLeavesItsSiblingAndTwoTornOnesAreUnknown() throws Exception {
        StorageAgent writer = bench.agent(H2, S1).opened(S1);
        writer.goodBeat(S1);
        writer.goodBeat(S1);
        writer.close();
        StorageAgent reader = bench.agent(H1, S1).opened(S1);
        long newest = of(H2, reader.scan(S1).beats()).value().orElseThrow().sequence();
        long copy = LAYOUT.beat(1).offset();
        damage(copy);
        long left = of(H2, reader.scan(S1).beats()).value().orElseThrow().sequence();
        damage(copy + Layout.BLOCK);
        StorageObservation.BeatsScanned both = reader.scan(S1);
        assertThat(newest).isEqualTo(2);
        assertThat(left).isBetween(1L, 2L);
        assertThat(both.beats().get(H2)).isEqualTo(Slot.unreadable());
        assertThat(both.io().ok()).isTrue();
        assertThat(both.io().detail()).isEqualTo("beat of h2 is torn or corrupt (MAC)");
        // The writer comes back and mends them.
        StorageAgent again = bench.agent(H2, S1).opened(S1);
        again.goodBeat(S1);
        assertThat(of(H2, reader.scan(S1).beats()).unknown()).isFalse();
    }

    @Test
    void aHostOfANewerFormatIsUnknownAndNamed() throws Exception {
        StorageAgent reader = bench.agent(H1, S1).opened(S1);
        write(LAYOUT.beat(1).offset() + 4, (byte) 2);
        assertThat(reader.scan(S1).io().detail()).isEqualTo("beat of h2 speaks format 2, this agent 1");
    }

    @Test
    void aHeaderThatIsNotThisStoragesKeepsTheLaneShutWithOneLine() throws Exception {
        StorageHeader header = header();
        assertShut(
                withNames(header, "lab1", "s9"),
                "foreign header: this is storage s9 of cell lab1, not storage s1 of cell lab1");
        assertShut(
                withNames(header, "other", "s1"),
                "foreign header: this is storage s1 of cell other, not storage s1 of cell lab1");
        assertShut(
                new StorageHeader(
                        header.cell(), S1, 7, new Layout(2, 8192), header.created(), header.firstNumber(), true),
                "formatted for 2 hosts, the cell has 3");
        write(4, (byte) 2);
        assertThat(shutOnce()).isEqualTo("speaks format 2, this agent 1");
        damage(0);
        damage(Layout.BLOCK);
        assertThat(shutOnce()).isEqualTo("holds data that is not Quorumfence's; check the storage's path");
    }

    @Test
    void aStorageThatIsShorterThanItsLayoutKeepsTheLaneShut() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(bench.file(S1).toFile(), "rw")) {
            file.setLength(LAYOUT.size() - Layout.BLOCK);
        }
        assertThat(shutOnce()).contains("shorter than the step needs");
    }

    @Test
    void nothingIsWrittenOnceThePathLeadsToAnotherStorage() throws Exception {
        StorageAgent agent = bench.agent(H1, S1).opened(S1);
        agent.goodBeat(S1);
        byte[] ours = Files.readAllBytes(bench.file(S1));
        byte[] foreign = new byte[ours.length];
        Arrays.fill(foreign, (byte) 'x');
        Files.write(bench.file(S1), foreign);
        assertThat(agent.beat(S1).io().detail()).contains("holds data that is not Quorumfence's");
        assertThat(Files.readAllBytes(bench.file(S1))).isEqualTo(foreign);
        Files.write(bench.file(S1), ours);
        agent.goodBeat(S1);
    }

    private void assertShut(StorageHeader header, String detail) throws IOException {
        for (BlockWrite copy : new HeaderCodec(StorageBench.KEY).seal(header)) {
            try (RandomAccessFile file = new RandomAccessFile(bench.file(S1).toFile(), "rw")) {
                file.seek(copy.offset());
                file.write(copy.bytes());
            }
        }
        assertThat(shutOnce()).isEqualTo(detail);
    }

    private String shutOnce() {
        try (StorageAgent agent = bench.agent(H1, S1)) {
            return agent.shutDetail(S1);
        }
    }

    private static StorageHeader withNames(StorageHeader like, String cell, String storage) {
        return new StorageHeader(
                new CellId(cell),
                new StorageId(storage),
                like.initEpoch(),
                like.layout(),
                like.created(),
                like.firstNumber(),
                true);
    }

    private StorageHeader header() throws IOException {
        byte[] bytes = Arrays.copyOf(Files.readAllBytes(bench.file(S1)), Layout.PAIR);
        return ((HeaderRead.Found) new HeaderCodec(StorageBench.KEY).open(ByteBuffer.wrap(bytes))).header();
    }

    private void damage(long offset) throws IOException {
        write(offset + (offset < Layout.PAIR ? 0 : 60), (byte) 0xee);
    }

    private void write(long offset, byte value) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(bench.file(S1).toFile(), "rw")) {
            file.seek(offset);
            file.write(value);
        }
    }
}
