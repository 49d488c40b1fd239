package io.quorumfence.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Single steps of the register that a schedule reaches only now and then. */
class RegisterTest {
    private static final HostId A = new HostId("a");
    private static final HostId B = new HostId("b");
    private static final StorageId S1 = new StorageId("s1");
    private static final StorageId S2 = new StorageId("s2");
    private static final StorageId S3 = new StorageId("s3");
    private static final CellRecord FIRST = CellRecord.first(new CellId("cell"), List.of(A, B), List.of(S1, S2, S3));
    private static final RecordChange JOIN = new RecordChange.Join(A, new Incarnation(1, new UUID(0, 1)));
    private static final RecordChange JOIN_OF_B = new RecordChange.Join(B, new Incarnation(1, new UUID(0, 2)));

    private final Register register = register(0, List.of(S1, S2, S3));
    private final Map<HostId, Slot<BallotBlock>> blocks =
            new HashMap<>(Map.of(A, Slot.of(BallotBlock.of(FIRST)), B, Slot.of(BallotBlock.of(FIRST))));

    private static Register register(int index, List<StorageId> storages) {
        return new Register(A, index, storages, BlockRoom.unknown(block -> 0));
    }

    private static CellRecord next(CellRecord record, RecordChange change) {
        return ((ChangeResult.Applied) change.applyTo(record)).next();
    }

    private RegisterWant want(StorageId storage) {
        return register.want(storage).orElseThrow();
    }

    /** The lane does what it was asked: it lands the block, then reads all. */
    private void answer(StorageId storage, RegisterWant want, long nowNs) {
        if (want instanceof RegisterWant.Round round) {
            blocks.put(A, Slot.of(round.block()));
        }
        register.laneRead(storage, want.generation(), Map.copyOf(blocks), nowNs);
    }

    private void answerBoth(long nowNs) {
        RegisterWant one = want(S1);
        RegisterWant two = want(S2);
        answer(S1, one, nowNs);
        answer(S2, two, nowNs);
    }

    @Test
    void aReadGoesOnUntilItShowsWhatWasHeardOf() {
        register.heardOf(2);
        register.read(1, 0);
        answerBoth(0);
        assertThat(register.takeOutcomes()).as("two storages came back old").isEmpty();
        CellRecord second = next(FIRST, JOIN_OF_B);
        blocks.put(B, Slot.of(BallotBlock.of(second)));
        answer(S3, want(S3), 0);
        assertThat(register.takeOutcomes()).containsExactly(new RegisterOutcome.ReadDone(1, second));
    }

    @Test
    void nothingIsDecidedWhereWhatWasHeardOfIsLost() {
        register.heardOf(3);
        register.submit(1, JOIN, 0);
        for (int i = 1; i <= 20; i++) {
            for (StorageId storage : List.of(S1, S2, S3)) {
                RegisterWant want = want(storage);
                assertThat(want).isInstanceOf(RegisterWant.Read.class);
                answer(storage, want, 0);
            }
            register.tick(1_000_000_000L * i);
        }
        assertThat(register.takeOutcomes()).isEmpty();
        assertThat(register.knownVersion()).isEqualTo(1);
    }

    @Test
    void decidesAloneInOneReadAndTwoRounds() {
        register.submit(7, JOIN, 0);

        answerBoth(1);
        answerBoth(2);
        answerBoth(3);

        assertThat(register.takeOutcomes()).containsExactly(new RegisterOutcome.Decided(7, next(FIRST, JOIN)));
        assertThat(register.isIdle()).isTrue();
    }

    @Test
    void tellsEveryStorageWhatItDecided() {
        register.submit(7, JOIN, 0);
        answerBoth(1);
        answerBoth(2);
        answerBoth(3);

        for (StorageId storage : List.of(S1, S2, S3)) {
            assertThat(((RegisterWant.Round) want(storage)).block()).isEqualTo(BallotBlock.of(next(FIRST, JOIN)));
            assertThat(register.want(storage)).isEmpty();
        }
    }

    @Test
    void abandonsItsVoteWhenALateAnswerToAnOlderQuestionShowsTheVersionDecided() {
        register.submit(7, JOIN, 0);
        RegisterWant late = want(S3);
        answerBoth(1);
        RegisterWant vote = want(S1);
        CellRecord second = next(FIRST, JOIN_OF_B);
        blocks.put(B, Slot.of(BallotBlock.of(second)));

        answer(S3, late, 2);
        answer(S1, vote, 3);
        answerBoth(4);
        answerBoth(5);
        answerBoth(6);

        assertThat(register.takeOutcomes()).containsExactly(new RegisterOutcome.Decided(7, next(second, JOIN)));
    }

    @Test
    void learnsWhatOthersDecidedWhileItCannotWriteItsVote() {
        register.submit(7, JOIN_OF_B, 0);
        answerBoth(1);
        register.laneFailed(S1, want(S1).generation());
        register.laneFailed(S2, want(S2).generation());
        blocks.put(B, Slot.of(BallotBlock.of(next(FIRST, JOIN_OF_B))));

        register.tick(2);
        answerBoth(3);

        assertThat(register.takeOutcomes()).containsExactly(new RegisterOutcome.Decided(7, next(FIRST, JOIN_OF_B)));
    }

    @Test
    void votesOnWhileAMajorityOfItsStoragesAnswers() {
        register.submit(7, JOIN, 0);
        answerBoth(1);
        register.laneFailed(S1, want(S1).generation());

        register.tick(2);

        assertThat(want(S2)).isInstanceOf(RegisterWant.Round.class);
        assertThat(want(S1)).isInstanceOf(RegisterWant.Round.class);
    }

    @Test
    void countsNoStorageOnWhichAMemberIsMissing() {
        register.read(7, 0);
        blocks.remove(B);

        answerBoth(1);

        assertThat(register.takeOutcomes()).isEmpty();
        assertThat(register.known()).isEmpty();
    }

    @Test
    void countsNoStorageThatShowsNothing() {
        register.read(7, 0);
        blocks.clear();

        answerBoth(1);

        assertThat(register.takeOutcomes()).isEmpty();
    }

    @Test
    void countsNeitherAnUnreadableBlockNorAnEmptyOne() {
        register.read(7, 0);
        blocks.put(B, Slot.unreadable());
        answer(S1, want(S1), 1);
        blocks.put(B, Slot.empty());
        answer(S2, want(S2), 1);
        blocks.put(B, Slot.of(BallotBlock.of(FIRST)));
        answer(S3, want(S3), 1);

        assertThat(register.takeOutcomes()).isEmpty();
    }

    @Test
    void asksAFailedStorageAgainOnTheNextTick() {
        register.read(7, 0);
        RegisterWant read = want(S1);
        register.laneFailed(S1, read.generation());
        assertThat(register.want(S1)).isEmpty();

        register.tick(1);

        assertThat(register.want(S1)).contains(read);
    }

    @Test
    void neverTrustsAStorageAgainThatShowsLessThanWasWrittenToIt() {
        register.submit(7, JOIN, 0);
        answerBoth(1);
        RegisterWant one = want(S1);
        RegisterWant two = want(S2);
        answer(S2, two, 2);
        blocks.put(A, Slot.of(BallotBlock.of(FIRST)));

        register.laneRead(S1, one.generation(), Map.copyOf(blocks), 2);
        register.tick(3);

        assertThat(register.dropped()).containsExactly(S1);
        assertThat(register.want(S1)).isEmpty();
        assertThat(register.want(S3)).isPresent();
    }

    @Test
    void keepsAStorageAfterAFailedWriteWhetherItLandedOrNot() {
        register.submit(7, JOIN, 0);
        answerBoth(1);
        RegisterWant one = want(S1);
        register.laneFailed(S1, one.generation());
        register.tick(2);

        RegisterWant again = want(S1);
        register.laneFailed(S1, again.generation());
        register.tick(3);
        answer(S1, want(S1), 4);

        assertThat(register.dropped()).isEmpty();
    }

    @Test
    void refusesToActOnARecordOfOtherStorages() {
        Register stranger = register(0, List.of(S1));
        stranger.read(7, 0);

        stranger.laneRead(S1, stranger.want(S1).orElseThrow().generation(), blocks, 1);

        assertThat(stranger.known()).isEmpty();
        assertThat(stranger.takeOutcomes()).isEmpty();
        assertThat(stranger.obstacle())
                .contains("record version 1 has storages [s1, s2, s3] and members [a, b]; a is configured as number 0"
                        + " with storages [s1]");
    }

    @Test
    void refusesToActAtAnotherPlaceThanTheRecordGivesIt() {
        Register stranger = register(1, List.of(S1, S2, S3));
        stranger.read(7, 0);

        stranger.laneRead(S1, stranger.want(S1).orElseThrow().generation(), blocks, 1);
        stranger.laneRead(S2, stranger.want(S2).orElseThrow().generation(), blocks, 1);

        assertThat(stranger.takeOutcomes()).isEmpty();
        assertThat(stranger.obstacle()).isPresent();
    }

    @Test
    void wantsNothingFromAStorageItWasNotGiven() {
        register.read(7, 0);

        assertThat(register.want(new StorageId("s9"))).isEmpty();
    }

    @Test
    void waitsOnceForTheOwnerOfAnAcceptedBallotAndThenFinishesIt() {
        CellRecord second = next(FIRST, JOIN_OF_B);
        Ballot theirs = new Ballot(3, 1);
        blocks.put(B, Slot.of(new BallotBlock(FIRST, theirs, theirs, Optional.of(second))));
        register.read(7, 0);
        answerBoth(1);
        assertThat(register.want(S1)).isEmpty();

        register.tick(1 + Pace.GRACE_NS);
        answerBoth(2 + Pace.GRACE_NS);
        answerBoth(3 + Pace.GRACE_NS);
        answerBoth(4 + Pace.GRACE_NS);

        assertThat(register.takeOutcomes()).containsExactly(new RegisterOutcome.ReadDone(7, second));
    }

    @Test
    void answersAReadFromTheBallotsVersionOnceThatIsDecidedThoughANewBallotIsOpen() {
        CellRecord second = next(FIRST, JOIN_OF_B);
        CellRecord third = next(second, JOIN);
        Ballot theirs = new Ballot(3, 1);
        blocks.put(B, Slot.of(new BallotBlock(FIRST, theirs, theirs, Optional.of(second))));
        register.read(7, 0);
        answerBoth(1);
        blocks.put(B, Slot.of(new BallotBlock(second, theirs, theirs, Optional.of(third))));

        register.tick(1 + Pace.GRACE_NS);
        answerBoth(2 + Pace.GRACE_NS);

        assertThat(register.takeOutcomes()).containsExactly(new RegisterOutcome.ReadDone(7, second));
    }

    @Test
    void aCopyGoesItsOwnWay() {
        register.submit(7, JOIN, 0);
        answerBoth(1);
        Register twin = register.copy();

        answerBoth(2);
        answerBoth(3);

        assertThat(register.knownVersion()).isEqualTo(2);
        assertThat(twin.knownVersion()).isEqualTo(1);
        assertThat(twin.isIdle()).isFalse();
        assertThat(twin.takeOutcomes()).isEmpty();
    }
}
