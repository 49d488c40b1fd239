package io.quorumfence.agent.effect.storage;

import static io.quorumfence.agent.effect.storage.StorageBench.H1;
import static io.quorumfence.agent.effect.storage.StorageBench.H2;
import static io.quorumfence.agent.effect.storage.StorageBench.H3;
import static io.quorumfence.agent.effect.storage.StorageBench.S1;
import static io.quorumfence.agent.effect.storage.StorageBench.S2;
import static io.quorumfence.agent.effect.storage.StorageBench.S3;
import static io.quorumfence.agent.effect.storage.StorageBench.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.StorageObservation;
import io.quorumfence.record.Ballot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageFormatterTest {
    @TempDir
    private Path directory;

    private StorageBench bench;

    @BeforeEach
    void open() {
        bench = new StorageBench(directory);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void writesEveryBlockAndSaysWhatItDid() throws Exception {
        List<String> report = bench.format(S1);
        assertThat(report).hasSize(1);
        assertThat(report.get(0))
                .startsWith("storage s1: " + bench.file(S1) + ": initialised for cell lab1, 3 hosts (room for 4), ")
                .endsWith(", record version 1");
        byte[] bytes = Files.readAllBytes(bench.file(S1));
        Layout layout = new Layout(4, 8192);
        assertThat(bytes).hasSize((int) layout.size());
        // Every block starts with the magic: nothing is left for a full disk to refuse later.
        for (int offset = 0; offset < layout.ballot(0).offset(); offset += Layout.BLOCK) {
            assertThat(Arrays.copyOfRange(bytes, offset, offset + 4)).isEqualTo("QFBK".getBytes("US-ASCII"));
        }
        assertThat(header(S1).ready()).isTrue();
    }

    @Test
    void refusesAStorageInUseAndChangesNothing() throws Exception {
        bench.format(S1);
        byte[] before = Files.readAllBytes(bench.file(S1));
        assertRefused(() -> bench.format(S1), "is in use: storage s1 of cell lab1", "--force-erase");
        assertThat(Files.readAllBytes(bench.file(S1))).isEqualTo(before);
    }

    @Test
    void refusesDataOfOthersAndAForeignHeader() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(bench.file(S1).toFile(), "rw")) {
            file.setLength(1 << 20);
            file.seek(1080);
            file.write(0x53);
        }
        assertRefused(() -> bench.format(S1), "holds data that is not Quorumfence's", "nothing was changed");
        bench.format(S2);
        Files.copy(bench.file(S2), bench.file(S3));
        assertRefused(() -> bench.format(S3), "is in use: storage s2 of cell lab1");
    }

    @Test
    void forceErasesWithALaterEpochAndNumbersAboveTheOld() throws Exception {
        bench.format(S1);
        StorageHeader before = header(S1);
        CellRecord lived = record(40, 7);
        writeBallot(H1, S1, BallotBlock.of(lived));
        bench.format(bench.plan(bench.config(H1, S1), true, S1));
        assertThat(header(S1).initEpoch()).isGreaterThan(before.initEpoch());
        CellRecord first = of(H2, ballots(S1)).value().orElseThrow().decided();
        assertThat(first.version()).isEqualTo(1);
        assertThat(first.nextNumber()).isEqualTo(7 + StorageFormatter.NUMBER_GAP);
    }

    @Test
    void anInterruptedFormattingIsRunAgainWithoutForce() throws Exception {
        bench.format(S1);
        try (RandomAccessFile file = new RandomAccessFile(bench.file(S1).toFile(), "rw")) {
            for (BlockWrite copy :
                    new HeaderCodec(StorageBench.KEY).seal(header(S1).at(false))) {
                file.seek(copy.offset());
                file.write(copy.bytes());
            }
        }
        assertThat(bench.agent(H1, S1).shutDetail(S1)).contains("storage-init has not finished");
        bench.close();
        bench.format(S1);
        assertThat(header(S1).ready()).isTrue();
    }

    @Test
    void aReplacedStorageGetsWhatTheOthersKnow() throws Exception {
        bench.format(S1, S2, S3);
        CellRecord decided = record(5, 9);
        BallotBlock accepted = new BallotBlock(decided, new Ballot(4, 1), new Ballot(4, 1), Optional.of(record(6, 9)));
        writeBallot(H1, S2, BallotBlock.of(decided));
        writeBallot(H2, S3, accepted);
        MailEntry mail = new MailEntry(H1, H2, 3, new FenceToken(8), MailStage.EXECUTE, 5);
        StorageAgent claimer = agentOf(H1, S2);
        claimer.lanes.execute(new StorageCommand.MailRound(S2, 7, H2, mail));
        assertThat(claimer.await(StorageObservation.MailRoundDone.class).io().ok())
                .isTrue();
        claimer.close();

        Files.delete(bench.file(S1));
        List<String> report = bench.format(bench.plan(bench.config(H1, S1, S2, S3), false, S1));
        assertThat(report.get(0)).startsWith("watching for ");
        assertThat(report.get(1)).endsWith("record taken over from the other storages");
        Map<HostId, Slot<BallotBlock>> blocks = ballots(S1);
        BallotBlock fence = of(H1, blocks).value().orElseThrow();
        assertThat(fence.decided()).isEqualTo(decided);
        assertThat(fence.promised()).isEqualTo(new Ballot(4 + BallotFence.ROUNDS, 0));
        assertThat(of(H1, ballots(S2)).value()).contains(fence);
        assertThat(of(H1, ballots(S3)).value()).contains(fence);
        assertThat(blocks.get(H2)).isEqualTo(Slot.of(accepted));
        assertThat(agentOf(H2, S1).goodBeat(S1).mail()).containsExactly(Slot.of(mail));
    }

    @Test
    void refusesToTakeOverWhileAnAgentWritesAnywhere() throws Exception {
        bench.format(S1, S2, S3);
        writeBallot(H1, S2, BallotBlock.of(record(5, 9)));
        StorageAgent living = agentOf(H2, S3);
        byte[] before = Files.readAllBytes(bench.file(S1));
        List<String> report = new ArrayList<>();

        assertRefused(
                () -> bench.format(
                        bench.plan(bench.config(H1, S1, S2, S3), true, S1), report, span -> living.goodBeat(S3)),
                "host h2 still writes to storage s3",
                "nothing was changed");

        assertThat(Files.readAllBytes(bench.file(S1))).isEqualTo(before);
    }

    @Test
    void refusesToForgetWhatOnlyTheChosenMayHold() throws Exception {
        bench.format(S1, S2, S3);
        writeBallot(H1, S3, BallotBlock.of(record(5, 9)));
        CellConfig config = bench.config(H1, S1, S2, S3);
        assertRefused(() -> bench.format(bench.plan(config, true, S1, S2)), "choose at most 1 of 3, or all");
        Files.delete(bench.file(S1));
        Files.delete(bench.file(S2));
        assertRefused(() -> bench.format(bench.plan(config, true, S1)), "storage s2 is configured, not chosen, and");
        assertThat(header(S3).ready()).isTrue();
    }

    @Test
    void refusesWhileTheAgentOfThisHostHoldsTheLane() throws Exception {
        bench.format(S1);
        bench.agent(H1, "init", S1).opened(S1);
        assertRefused(
                () -> bench.format(bench.plan(bench.config(H1, S1), true, S1)),
                "still holds the lane",
                "stop the agent");
    }

    @Test
    void anAgentElsewhereNoticesAndKeepsOff() throws Exception {
        bench.format(S1);
        StorageAgent agent = bench.agent(H2, S1).opened(S1);
        agent.goodBeat(S1);
        bench.format(bench.plan(bench.config(H1, S1), true, S1));
        byte[] before = Files.readAllBytes(bench.file(S1));
        assertThat(agent.beat(S1).io().ok()).isFalse();
        assertThat(agent.shutDetail(S1)).contains("initialised again or restored");
        assertThat(Files.readAllBytes(bench.file(S1))).isEqualTo(before);
    }

    @Test
    void makesNoFileBelowADirectoryThatIsNotMounted() throws Exception {
        Path mount = Files.createDirectories(directory.resolve("unmounted"));
        Path file = mount.resolve("s1.cell");
        StorageSpec spec = new StorageSpec(S1, file.toString(), Optional.of(mount.toString()));
        CellConfig like = bench.config(H1, S1);
        CellConfig config = new CellConfig(
                like.cell(),
                like.host(),
                like.members(),
                like.planes(),
                List.of(spec),
                like.deadlines(),
                like.rhoPpm(),
                like.flight(),
                like.action(),
                like.watchdog(),
                like.stormLimit(),
                like.stormWindow());
        assertRefused(() -> bench.format(bench.plan(config, false, S1)), "nothing is mounted on ");
        assertThat(file).doesNotExist();
    }

    private static void assertRefused(ThrowingCallable formatting, String... words) {
        assertThatThrownBy(formatting)
                .isInstanceOf(StorageInitException.class)
                .hasMessageContainingAll(words)
                .hasMessageNotContaining("\n");
    }

    private StorageHeader header(StorageId storage) throws IOException {
        byte[] bytes = Arrays.copyOf(Files.readAllBytes(bench.file(storage)), Layout.PAIR);
        return ((HeaderRead.Found) new HeaderCodec(StorageBench.KEY).open(ByteBuffer.wrap(bytes))).header();
    }

    private static CellRecord record(long version, long nextNumber) {
        CellRecord first =
                CellRecord.first(new io.quorumfence.model.CellId("lab1"), List.of(H1, H2, H3), List.of(S1, S2, S3));
        return new CellRecord(
                first.cell(),
                version,
                1,
                first.members(),
                first.storages(),
                first.goneHistory(),
                Map.of(),
                List.of(),
                List.of(),
                nextNumber);
    }

    private StorageAgent agentOf(HostId host, StorageId storage) {
        return bench.agent(host, "boot-" + host + storage, storage).opened(storage);
    }

    private void writeBallot(HostId host, StorageId storage, BallotBlock block) {
        try (StorageAgent agent = agentOf(host, storage)) {
            agent.lanes.execute(new StorageCommand.BallotRound(storage, 1, block));
            assertThat(agent.await(StorageObservation.BallotsRead.class).io().ok())
                    .isTrue();
        }
    }

    private Map<HostId, Slot<BallotBlock>> ballots(StorageId storage) {
        try (StorageAgent agent = agentOf(H3, storage)) {
            agent.lanes.execute(new StorageCommand.ReadBallots(storage, 1));
            return agent.await(StorageObservation.BallotsRead.class).blocks();
        }
    }
}
