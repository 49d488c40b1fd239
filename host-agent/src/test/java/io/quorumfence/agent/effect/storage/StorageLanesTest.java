package io.quorumfence.agent.effect.storage;

import static io.quorumfence.agent.effect.storage.StorageBench.H1;
import static io.quorumfence.agent.effect.storage.StorageBench.H2;
import static io.quorumfence.agent.effect.storage.StorageBench.H3;
import static io.quorumfence.agent.effect.storage.StorageBench.S1;
import static io.quorumfence.agent.effect.storage.StorageBench.S2;
import static io.quorumfence.agent.effect.storage.StorageBench.beat;
import static io.quorumfence.agent.effect.storage.StorageBench.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.IoResult;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.StorageObservation;
import io.quorumfence.record.Ballot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageLanesTest {
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
    void aBeatIsReadByEverybodyInTheOrderOfTheMembers() throws Exception {
        bench.format(S1);
        StorageAgent first = bench.agent(H1, S1).opened(S1);
        StorageAgent second = bench.agent(H2, S1).opened(S1);
        first.goodBeat(S1);
        StorageObservation.BeatRoundDone done = second.goodBeat(S1);
        assertThat(done.beats().keySet()).containsExactly(H1, H2, H3);
        assertThat(done.beats().get(H1)).isEqualTo(Slot.of(beat(H1, 1)));
        assertThat(done.beats().get(H2)).isEqualTo(Slot.of(beat(H2, 1)));
        assertThat(done.beats().get(H3)).isEqualTo(Slot.empty());
        assertThat(done.mail()).isEmpty();
        assertThat(done.io().endNs()).isGreaterThan(done.io().startNs());
    }

    @Test
    void mailLiesInTheSuspectsRowAndNowhereElse() throws Exception {
        bench.format(S1);
        StorageAgent claimer = bench.agent(H1, S1).opened(S1);
        StorageAgent suspect = bench.agent(H2, S1).opened(S1);
        StorageAgent other = bench.agent(H3, S1).opened(S1);
        suspect.goodBeat(S1);
        MailEntry entry = new MailEntry(H1, H2, 1, new FenceToken(5), MailStage.HOLD, 2);
        claimer.lanes.execute(new StorageCommand.MailRound(S1, 7, H2, entry));
        StorageObservation.MailRoundDone done = claimer.await(StorageObservation.MailRoundDone.class);
        assertThat(done.io().ok()).isTrue();
        assertThat(done.op()).isEqualTo(7);
        assertThat(done.suspectBeat()).isEqualTo(Slot.of(beat(H2, 1)));
        assertThat(suspect.goodBeat(S1).mail()).containsExactly(Slot.of(entry));
        assertThat(other.goodBeat(S1).mail()).isEmpty();
    }

    @Test
    void aBallotIsReadBackWithAllTheOthers() throws Exception {
        bench.format(S1);
        StorageAgent agent = bench.agent(H1, S1).opened(S1);
        agent.lanes.execute(new StorageCommand.ReadBallots(S1, 1));
        StorageObservation.BallotsRead read = agent.await(StorageObservation.BallotsRead.class);
        CellRecord first = CellRecord.first(bench.config(H1, S1).cell(), List.of(H1, H2, H3), List.of(S1));
        assertThat(read.wrote()).isFalse();
        assertThat(read.blocks().keySet()).containsExactly(H1, H2, H3);
        assertThat(read.blocks().values()).containsOnly(Slot.of(BallotBlock.of(first)));

        BallotBlock promised = new BallotBlock(first, new Ballot(3, 0), Ballot.ZERO, Optional.empty());
        agent.lanes.execute(new StorageCommand.BallotRound(S1, 2, promised));
        StorageObservation.BallotsRead round = agent.await(StorageObservation.BallotsRead.class);
        assertThat(round.wrote()).isTrue();
        assertThat(round.blocks().get(H1)).isEqualTo(Slot.of(promised));
        assertThat(round.blocks().get(H2)).isEqualTo(Slot.of(BallotBlock.of(first)));
    }

    @Test
    void aCommandForABusyLaneIsAnsweredAsFailedAndNeverQueued() throws Exception {
        bench.format(S1, S2);
        StorageAgent agent = bench.agent(H1, S1, S2).opened(S1, S2);
        ProcessHandle lane = bench.laneOf("h1", S1);
        StorageBench.signal("STOP", lane);
        agent.lanes.execute(new StorageCommand.ScanBeats(S1, 1));
        agent.lanes.execute(new StorageCommand.BeatRound(S1, 2, beat(H1, 1)));
        StorageObservation.BeatRoundDone refused = agent.await(StorageObservation.BeatRoundDone.class);
        assertThat(refused.op()).isEqualTo(2);
        assertThat(refused.io().ok()).isFalse();
        assertThat(refused.io().detail()).startsWith("busy");
        assertThat(refused.beats()).isEmpty();
        // Meanwhile the other storage serves.
        agent.goodBeat(S2);

        StorageBench.signal("CONT", lane);
        StorageObservation.BeatsScanned late = agent.await(StorageObservation.BeatsScanned.class);
        assertThat(late.op()).isEqualTo(1);
        assertThat(late.io().ok()).isTrue();
        assertThat(agent.scan(S1).beats().get(H1)).isEqualTo(Slot.empty());
    }

    @Test
    void aLaneWhoseProcessDiedAnswersShutsAndOpensAgain() throws Exception {
        bench.format(S1);
        StorageAgent agent = bench.agent(H1, S1).opened(S1);
        agent.goodBeat(S1);
        bench.laneOf("h1", S1).destroyForcibly();
        StorageObservation.BeatRoundDone failed = agent.beat(S1);
        assertThat(failed.io().ok()).isFalse();
        assertThat(agent.shutDetail(S1)).contains("ended with code 137");
        agent.opened(S1);
        assertThat(of(H1, agent.goodBeat(S1).beats()).value().orElseThrow().sequence())
                .isEqualTo(3);
    }

    @Test
    void aHangingOperationWhoseProcessIsKilledIsAnsweredOnce() throws Exception {
        bench.format(S1);
        StorageAgent agent = bench.agent(H1, S1).opened(S1);
        ProcessHandle lane = bench.laneOf("h1", S1);
        StorageBench.signal("STOP", lane);
        agent.sendBeat(S1);
        lane.destroyForcibly();
        StorageObservation.BeatRoundDone failed = agent.await(StorageObservation.BeatRoundDone.class);
        assertThat(failed.io().ok()).isFalse();
        agent.opened(S1).goodBeat(S1);
        assertThat(agent.shutDetail(S1)).isNotEmpty();
        assertThat(agent.isQuiet()).isTrue();
    }

    @Test
    void aCommandForAShutLaneIsAnsweredWithTheReason() throws Exception {
        StorageAgent agent = bench.agent(H1, S1);
        assertThat(agent.shutDetail(S1)).contains("cannot be opened");
        StorageObservation.BeatRoundDone failed = agent.beat(S1);
        assertThat(failed.io()).extracting(IoResult::ok).isEqualTo(false);
        assertThat(failed.io().detail()).startsWith("lane shut: ").contains("cannot be opened");
    }

    @Test
    void aLaneOpensWhenTheStorageComes() throws Exception {
        StorageAgent agent = bench.agent(H1, S1);
        agent.shutDetail(S1);
        bench.format(S1);
        agent.opened(S1).goodBeat(S1);
    }

    @Test
    void aRecordAboveTheCeilingIsRefusedWithoutTouchingTheStorage() throws Exception {
        bench.format(S1);
        StorageAgent agent = bench.agent(H1, S1).opened(S1);
        List<StorageId> many = java.util.stream.IntStream.range(0, 3000)
                .mapToObj(i -> new StorageId("storage-" + i))
                .toList();
        CellRecord huge = CellRecord.first(bench.config(H1, S1).cell(), List.of(H1), many);
        agent.lanes.execute(new StorageCommand.BallotRound(S1, 1, BallotBlock.of(huge)));
        StorageObservation.BallotsRead refused = agent.await(StorageObservation.BallotsRead.class);
        assertThat(refused.io().ok()).isFalse();
        assertThat(refused.wrote()).isFalse();
        assertThat(refused.io().detail()).contains("a ballot block of storage s1 holds 8120");
        agent.goodBeat(S1);
    }

    @Test
    void aStrangeStorageIsACallersMistake() throws Exception {
        StorageAgent agent = bench.agent(H1, S1);
        assertThatThrownBy(() -> agent.lanes.execute(new StorageCommand.ScanBeats(S2, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
