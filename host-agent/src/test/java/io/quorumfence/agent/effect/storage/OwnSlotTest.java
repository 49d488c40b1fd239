package io.quorumfence.agent.effect.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.effect.storage.OwnSlot.Verdict;
import io.quorumfence.model.Slot;
import io.quorumfence.wire.Entry;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnSlotTest {
    private static final long FIRST = 8 + OwnSlot.STRIDE;

    private final OwnSlot slot = new OwnSlot(entry(stamp(7), stamp(8)), 0);

    @Test
    void alternatesAndBeginsWithTheOlderCopy() {
        assertThat(slot.nextCopy()).isZero();
        write(0);
        assertThat(slot.nextCopy()).isEqualTo(1);
        write(1);
        assertThat(slot.nextCopy()).isZero();
    }

    @Test
    void neverWritesOverTheOnlyCopyThatIsKnownToBeGood() {
        long number = slot.takeNumber();
        slot.tried(0, stamp(number).orElseThrow());
        assertThat(slot.nextCopy()).isZero();
        assertThat(new OwnSlot(entry(stamp(7), Optional.empty()), 0).nextCopy()).isEqualTo(1);
        assertThat(new OwnSlot(entry(Optional.empty(), stamp(8)), 0).nextCopy()).isZero();
    }

    @Test
    void numbersStartFarAboveAnythingAPredecessorTried() {
        assertThat(slot.takeNumber()).isEqualTo(FIRST);
        assertThat(slot.takeNumber()).isEqualTo(FIRST + 1);
        assertThat(new OwnSlot(entry(stamp(7), stamp(8)), 50).takeNumber()).isEqualTo(50 + OwnSlot.STRIDE);
    }

    @Test
    void anUnacknowledgedWriteMayOrMayNotHaveLanded() {
        write(0);
        long number = slot.takeNumber();
        slot.tried(1, stamp(number).orElseThrow());
        assertThat(slot.judge(entry(stamp(FIRST), stamp(8)))).isEqualTo(Verdict.FINE);
        assertThat(slot.judge(entry(stamp(FIRST), Optional.empty()))).isEqualTo(Verdict.FINE);
        assertThat(slot.judge(entry(stamp(FIRST), stamp(number)))).isEqualTo(Verdict.FINE);
    }

    @Test
    void anythingOlderThanTheAcknowledgedWriteIsAStorageThatWentBack() {
        write(0);
        assertThat(slot.judge(entry(stamp(FIRST), stamp(8)))).isEqualTo(Verdict.FINE);
        assertThat(slot.judge(entry(stamp(7), stamp(8)))).isEqualTo(Verdict.WENT_BACK);
        assertThat(slot.judge(entry(Optional.empty(), stamp(8)))).isEqualTo(Verdict.WENT_BACK);
        assertThat(slot.judge(entry(Optional.empty(), Optional.empty()))).isEqualTo(Verdict.LOST);
    }

    @Test
    void aWriteThatFollowsTheRestoreDoesNotHideIt() {
        write(0);
        write(1);
        write(0);
        assertThat(slot.judge(entry(stamp(FIRST + 2), stamp(8))))
                .as("before this process")
                .isEqualTo(Verdict.WENT_BACK);
        write(1);
        write(0);
        assertThat(slot.judge(entry(stamp(FIRST + 4), stamp(FIRST + 1))))
                .as("in its time")
                .isEqualTo(Verdict.WENT_BACK);
    }

    @Test
    void onlyOneLateWriteOfAPredecessorIsForgiven() {
        write(0);
        assertThat(slot.judge(entry(stamp(FIRST), stamp(9)))).isEqualTo(Verdict.FINE);
        assertThat(slot.judge(entry(stamp(FIRST), stamp(9)))).isEqualTo(Verdict.FINE);
        assertThat(slot.judge(entry(stamp(FIRST), stamp(10)))).isEqualTo(Verdict.SECOND_WRITER);
    }

    @Test
    void theOtherHalfOfAPredecessorsDoubleWriteMayLandLate() {
        write(0);
        write(1);
        // It went to both copies; when this process began, one of them had landed.
        assertThat(slot.judge(entry(stamp(8), stamp(FIRST + 1)))).isEqualTo(Verdict.FINE);
    }

    @Test
    void aStrangersWriteInOurOwnRangeIsASecondAgent() {
        write(0);
        assertThat(slot.judge(entry(stamp(FIRST), stamp(FIRST + 1)))).isEqualTo(Verdict.SECOND_WRITER);
        Optional<Entry.Stamp> sameNumber = Optional.of(new Entry.Stamp(FIRST, 666, 7));
        assertThat(slot.judge(entry(sameNumber, stamp(FIRST + 1)))).isEqualTo(Verdict.SECOND_WRITER);
    }

    private void write(int copy) {
        Entry.Stamp stamp = stamp(slot.takeNumber()).orElseThrow();
        slot.tried(copy, stamp);
        slot.landed(copy, stamp);
        slot.acknowledge(stamp);
    }

    private static Optional<Entry.Stamp> stamp(long number) {
        return Optional.of(new Entry.Stamp(number, -number, 7));
    }

    private static Entry<String> entry(Optional<Entry.Stamp> first, Optional<Entry.Stamp> second) {
        return new Entry<>(Slot.of("x"), List.of(first, second), "");
    }
}
