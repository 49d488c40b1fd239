package io.quorumfence.agent.effect.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.model.CellId;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Promise;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.LocalCommand.LiftBarrier;
import io.quorumfence.model.command.LocalCommand.StoreBarrier;
import io.quorumfence.model.command.LocalCommand.StoreIncarnation;
import io.quorumfence.model.command.LocalCommand.StorePromises;
import io.quorumfence.model.command.LocalCommand.StoreRecord;
import io.quorumfence.model.command.LocalCommand.StoreSpent;
import io.quorumfence.model.observation.EffectObservation.BarrierStored;
import io.quorumfence.model.observation.EffectObservation.PromiseStored;
import io.quorumfence.model.observation.EffectObservation.RecordStored;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.record.CellRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TmpfsStateTest {
    private static final UUID BOOT = UUID.fromString("6b1c1c2e-0000-4000-8000-000000000001");
    private static final VmId VM = VmId.of("11111111-2222-4333-8444-555555555555");
    private static final Promise PROMISE = new Promise(new FenceToken(7), new HostId("h2"), 3, 41);

    @TempDir(factory = InMemoryTempDir.class)
    Path run;

    private final BlockingQueue<Observation> seen = new LinkedBlockingQueue<>();

    private static CellRecord recordOf(long version) {
        return CellRecord.first(new CellId("cell1"), List.of(new HostId("h1")), List.of(new StorageId("s1")))
                .withVersion(version);
    }

    @Test
    void aFirstStartKnowsThatNothingWasPromised() throws IOException {
        BootFacts facts = load(words(0, 0, 0));
        assertThat(facts.life()).isEmpty();
        assertThat(facts.promises()).isEmpty();
        assertThat(facts.promisesIntact()).isTrue();
        assertThat(facts.barriers()).isEmpty();
        assertThat(facts.barriersIntact()).isTrue();
        assertThat(facts.fenceBarrier()).isEmpty();
        assertThat(facts.leaseEndNs()).isEmpty();
        assertThat(facts.notes()).isEmpty();
    }

    @Test
    void aRestartedAgentFindsWhatTheOldOneKept() throws IOException {
        try (TmpfsState state = open()) {
            state.storeIncarnation(new StoreIncarnation(new Incarnation(5, BOOT), true));
            state.storeBarrier(new StoreBarrier(VM));
            state.storePromises(new StorePromises(List.of(PROMISE), PROMISE.token()));
            assertThat(Await.<Observation>next(seen)).isEqualTo(new BarrierStored(VM, true));
            assertThat(Await.<Observation>next(seen)).isEqualTo(new PromiseStored(PROMISE.token(), true));
        }
        BootFacts facts = load(words(5, 3, 900));
        assertThat(facts.life()).contains(new BootFacts.Life(new Incarnation(5, BOOT), true));
        assertThat(facts.promises()).containsExactly(PROMISE);
        assertThat(facts.promisesIntact()).isTrue();
        assertThat(facts.barriers()).containsExactly(VM);
        assertThat(facts.latchedCounter()).isEqualTo(3);
        assertThat(facts.leaseEndNs()).hasValue(900);
    }

    /** What a process before knew may be forgotten by the record that this one applies. */
    @Test
    void theNumberOfSpentClaimsIsNeverLowered() throws IOException {
        for (long below : new long[] {7, 9, 8}) {
            try (TmpfsState state = open()) {
                state.storeSpent(new StoreSpent(below));
                state.storeBarrier(new StoreBarrier(VM));
                assertThat(Await.<Observation>next(seen)).isEqualTo(new BarrierStored(VM, true));
            }
        }
        assertThat(run.resolve("spent")).hasContent("below=9");
    }

    @Test
    void aRecordIsAnsweredAndOneThatCannotBeStoredTakesTheOlderOneAway() throws IOException {
        try (TmpfsState state = open()) {
            state.storeRecord(new StoreRecord(recordOf(7)));
            assertThat(Await.<Observation>next(seen)).isEqualTo(new RecordStored(7, true));
            assertThat(state.loadRecord()).contains(recordOf(7));
            Files.createDirectories(run.resolve("record.new/in-the-way"));
            state.storeRecord(new StoreRecord(recordOf(8)));
            assertThat(Await.<Observation>next(seen)).isEqualTo(new RecordStored(8, false));
            assertThat(state.loadRecord()).isEmpty();
        }
    }

    @Test
    void theIncarnationFileHasTheLineTheFenceHelperReads() throws IOException {
        try (TmpfsState state = open()) {
            state.storeIncarnation(new StoreIncarnation(new Incarnation(5, BOOT), false));
            Await.until("incarnation stored", () -> Files.exists(run.resolve("incarnation")));
        }
        assertThat(run.resolve("incarnation")).hasContent("boot=" + BOOT + "\ncounter=5\njoined=false");
    }

    @Test
    void aLeaseEndOfAnotherIncarnationIsNotBelieved() throws IOException {
        try (TmpfsState state = open()) {
            state.storeIncarnation(new StoreIncarnation(new Incarnation(6, BOOT), true));
            Await.until("incarnation stored", () -> Files.exists(run.resolve("incarnation")));
        }
        assertThat(load(words(5, 0, 900)).leaseEndNs()).isEmpty();
    }

    @Test
    void anotherBootsStateIsNotTakenOver() throws IOException {
        try (TmpfsState state = open()) {
            state.storeIncarnation(new StoreIncarnation(new Incarnation(5, BOOT), true));
            Await.until("incarnation stored", () -> Files.exists(run.resolve("incarnation")));
        }
        try (TmpfsState state = TmpfsState.open(run, UUID.randomUUID(), seen::add)) {
            BootFacts facts = state.load(words(5, 0, 900));
            assertThat(facts.life()).isEmpty();
            assertThat(facts.promisesIntact()).isFalse();
            assertThat(facts.notes()).anyMatch(note -> note.contains("is of boot " + BOOT));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "quorumfence promises v1 boot=", "nonsense", "cut"})
    void promisesThatDoNotParseAreUnknownAndNeverNone(String text) throws IOException {
        try (TmpfsState state = open()) {
            state.storeIncarnation(new StoreIncarnation(new Incarnation(5, BOOT), true));
            state.storePromises(new StorePromises(List.of(PROMISE), PROMISE.token()));
            Await.<Observation>next(seen);
        }
        Path file = run.resolve("promises");
        String whole = Files.readString(file);
        Files.writeString(file, text.equals("cut") ? whole.substring(0, whole.indexOf("end ")) : text);
        BootFacts facts = load(words(5, 0, 0));
        assertThat(facts.promisesIntact()).isFalse();
        assertThat(facts.promises()).isEmpty();
        assertThat(facts.notes()).anyMatch(note -> note.contains("promises cannot be read"));
    }

    @Test
    void promisesThatVanishedAreUnknown() throws IOException {
        try (TmpfsState state = open()) {
            state.storeIncarnation(new StoreIncarnation(new Incarnation(5, BOOT), true));
            Await.until("incarnation stored", () -> Files.exists(run.resolve("incarnation")));
        }
        Files.delete(run.resolve("promises"));
        assertThat(load(words(5, 0, 0)).promisesIntact()).isFalse();
    }

    @Test
    void anIncarnationThatDoesNotParseMeansANewOneAndSaysSo() throws IOException {
        Files.writeString(run.resolve("incarnation"), "counter=5\n");
        BootFacts facts = load(words(5, 0, 900));
        assertThat(facts.life()).isEmpty();
        assertThat(facts.promisesIntact()).isFalse();
        assertThat(facts.notes()).anyMatch(note -> note.contains("incarnation cannot be read"));
    }

    @Test
    void aLiftedBarrierIsGone() throws IOException {
        try (TmpfsState state = open()) {
            state.storeBarrier(new StoreBarrier(VM));
            Await.<Observation>next(seen);
            state.liftBarrier(new LiftBarrier(VM));
            Await.until("barrier lifted", () -> !Files.exists(run.resolve("barriers/" + VM)));
        }
        assertThat(load(words(0, 0, 0)).barriers()).isEmpty();
    }

    @Test
    void aStrangeNameAmongTheBarriersMakesThemUnknown() throws IOException {
        Files.createDirectories(run.resolve("barriers"));
        Files.writeString(run.resolve("barriers/what"), "");
        assertThat(load(words(0, 0, 0)).barriersIntact()).isFalse();
    }

    @Test
    void theFenceHelpersBarrierIsSeenWithItsToken() throws IOException {
        Files.writeString(run.resolve("barrier"), "token=12\n");
        assertThat(load(words(0, 0, 0)).fenceBarrier()).hasValue(12);
    }

    @Test
    void aFenceBarrierThatDoesNotParseStands() throws IOException {
        Files.writeString(run.resolve("barrier"), "?");
        assertThat(load(words(0, 0, 0)).fenceBarrier()).hasValue(0);
    }

    @Test
    void aPromiseThatCannotBeStoredIsAnsweredSo() throws IOException {
        try (TmpfsState state = open()) {
            // A directory in the place of the file: the rename fails.
            Files.createDirectories(run.resolve("promises/occupied"));
            state.storePromises(new StorePromises(List.of(PROMISE), PROMISE.token()));
            assertThat(Await.<Observation>next(seen)).isEqualTo(new PromiseStored(PROMISE.token(), false));
        }
    }

    @Test
    void aRunDirectoryOnADiskIsRefusedInOneLine() throws IOException {
        Path disk = Files.createTempDirectory(Path.of("target"), "on-disk").toAbsolutePath();
        try {
            assertThatThrownBy(() -> TmpfsState.open(disk, BOOT, seen::add))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("run: " + disk + " is not on a tmpfs")
                    .hasMessageNotContaining("\n");
        } finally {
            Files.delete(disk);
        }
    }

    private TmpfsState open() throws IOException {
        return TmpfsState.open(run, BOOT, seen::add);
    }

    private BootFacts load(KeeperWords words) throws IOException {
        try (TmpfsState state = open()) {
            return state.load(words);
        }
    }

    private static KeeperWords words(long counter, long latched, long leaseEndNs) {
        return new KeeperWords(0, 0, 0, Long.MAX_VALUE, counter, latched, 0, false, 0, leaseEndNs);
    }
}
