package io.quorumfence.record.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.ChangeResult;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.RegisterOutcome;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The recorded histories of the seeded schedules, judged by a checker that knows only the rules of the record. */
class LinearizationTest {
    private static final int SCHEDULES = 400;
    private static final HostId A = new HostId("h1");
    private static final HostId B = new HostId("h2");
    private static final CellRecord FIRST =
            CellRecord.first(new CellId("cell"), List.of(A, B), List.of(new StorageId("s1")));
    private static final RecordChange JOIN_A = join(A);
    private static final RecordChange JOIN_B = join(B);

    private final History history = new History();

    private static RecordChange join(HostId host) {
        return new RecordChange.Join(host, new Incarnation(1, new UUID(0, host.hashCode())));
    }

    private static CellRecord after(CellRecord record, RecordChange change) {
        return ((ChangeResult.Applied) change.applyTo(record)).next();
    }

    private void asks(long request, RecordChange change) {
        history.invoked(request, Optional.of(change));
    }

    private void reads(long request) {
        history.invoked(request, Optional.empty());
    }

    private void decided(long request, CellRecord record) {
        history.returned(request, new RegisterOutcome.Decided(request, record));
    }

    private void saw(long request, CellRecord record) {
        history.returned(request, new RegisterOutcome.ReadDone(request, record));
    }

    private void assertBroken() {
        assertThatThrownBy(() -> Linearization.check(history, FIRST)).isInstanceOf(Broken.class);
    }

    @Test
    void everyHistoryOfTheScheduledRegisterHasAnOrder() {
        int undecided = 0;
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            World world = new World(seed, Mutant.NONE, false);
            History history = world.run().history;
            try {
                undecided += Linearization.check(history, world.first) == Linearization.Verdict.UNDECIDED ? 1 : 0;
            } catch (Broken e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(undecided).as("histories with too many orders").isLessThan(SCHEDULES / 20);
    }

    @Test
    void concurrentChangesMayGoEitherWay() {
        asks(1, JOIN_A);
        asks(2, JOIN_B);
        reads(3);
        saw(3, after(FIRST, JOIN_B));
        decided(1, after(after(FIRST, JOIN_B), JOIN_A));
        decided(2, after(FIRST, JOIN_B));
        assertThatCode(() -> Linearization.check(history, FIRST)).doesNotThrowAnyException();
    }

    @Test
    void aChangeThatNobodyWasToldOfMayHaveHappenedOrNot() {
        asks(1, JOIN_A);
        reads(2);
        saw(2, FIRST);
        reads(3);
        saw(3, after(FIRST, JOIN_A));
        assertThatCode(() -> Linearization.check(history, FIRST)).doesNotThrowAnyException();
    }

    @Test
    void aReadOfThePastIsFound() {
        asks(1, JOIN_A);
        decided(1, after(FIRST, JOIN_A));
        reads(2);
        saw(2, FIRST);
        assertBroken();
    }

    @Test
    void aLostChangeIsFound() {
        asks(1, JOIN_A);
        decided(1, after(FIRST, JOIN_A));
        asks(2, JOIN_B);
        decided(2, after(FIRST, JOIN_B));
        reads(3);
        saw(3, after(FIRST, JOIN_B));
        assertBroken();
    }

    @Test
    void twoReadersThatSeeTwoOrdersAreFound() {
        asks(1, JOIN_A);
        asks(2, JOIN_B);
        reads(3);
        reads(4);
        saw(3, after(FIRST, JOIN_A));
        saw(4, after(FIRST, JOIN_B));
        assertBroken();
    }

    /** Every recorded history in which one late read is made to show the beginning again. */
    @Test
    void aReadThatIsTurnedBackInARealHistoryIsFound() {
        int turned = 0;
        int found = 0;
        for (long seed = 1; seed <= 60; seed++) {
            World world = new World(seed, Mutant.NONE, false);
            History real = world.run().history;
            List<History.Operation> operations = real.operations();
            History.Operation last = operations.get(operations.size() - 1);
            boolean somethingDecidedBefore = operations.stream()
                    .anyMatch(one -> one.outcome instanceof RegisterOutcome.Decided && one.returned < last.invoked);
            if (somethingDecidedBefore && last.outcome instanceof RegisterOutcome.ReadDone read) {
                last.outcome = new RegisterOutcome.ReadDone(read.request(), world.first);
                turned++;
                found += isFound(real, world.first) ? 1 : 0;
            }
        }
        // A broken history has to be tried in every order; the longer ones have too many.
        assertThat(turned).isGreaterThan(8);
        assertThat(found).isGreaterThan(turned / 4);
    }

    private static boolean isFound(History history, CellRecord first) {
        try {
            assertThat(Linearization.check(history, first)).isEqualTo(Linearization.Verdict.UNDECIDED);
            return false;
        } catch (Broken e) {
            return true;
        }
    }
}
