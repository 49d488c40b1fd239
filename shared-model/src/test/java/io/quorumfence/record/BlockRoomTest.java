package io.quorumfence.record;

import static io.quorumfence.record.Story.A;
import static io.quorumfence.record.Story.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A register whose blocks are small. Every claim and permit takes a hundred bytes here. */
class BlockRoomTest {
    private static final StorageId ONE = new StorageId("s1");
    private static final int ENTRY = 100;

    private final Story cell = Story.ofJoined(2);
    private final Register register = new Register(A, 0, List.of(ONE), new BlockRoom(BlockRoomTest::bytes, 20 * ENTRY));
    private BallotBlock mine = BallotBlock.of(cell.record());

    private static int bytes(BallotBlock block) {
        return bytes(block.decided())
                + block.candidate().map(BlockRoomTest::bytes).orElse(0);
    }

    private static int bytes(CellRecord record) {
        return ENTRY * (record.claims().size() + record.permits().size());
    }

    private RecordChange grant(int number) {
        return new RecordChange.GrantPermit(
                "r" + number,
                new VmId(new UUID(1, number)),
                A,
                B,
                new PermitBasis.HostSays(A, Story.life(1, 1), io.quorumfence.model.Rung.HOST_SAYS),
                1_000);
    }

    private List<RegisterOutcome> settle() {
        while (!register.isIdle()) {
            RegisterWant want = register.want(ONE).orElseThrow();
            mine = want instanceof RegisterWant.Round round ? round.block() : mine;
            assertThat(bytes(mine)).isLessThanOrEqualTo(20 * ENTRY);
            register.laneRead(
                    ONE, want.generation(), Map.of(A, Slot.of(mine), B, Slot.of(BallotBlock.of(cell.record()))), 0);
        }
        return register.takeOutcomes();
    }

    @Test
    void grantsWhatFitsAndRefusesTheRest() {
        for (int i = 1; i <= 12; i++) {
            register.submit(i, grant(i), 0);
        }

        List<RegisterOutcome> outcomes = settle();

        assertThat(outcomes.stream().filter(RegisterOutcome.Decided.class::isInstance))
                .hasSize(4);
        assertThat(outcomes.stream().filter(RegisterOutcome.Refused.class::isInstance))
                .hasSize(8)
                .allMatch(refused -> ((RegisterOutcome.Refused) refused).code().equals("record-full"));
    }

    @Test
    void decidesAClaimWhenPermitsAreRefused() {
        for (int i = 1; i <= 6; i++) {
            register.submit(i, grant(i), 0);
        }
        settle();
        register.submit(7, grant(7), 0);
        register.submit(8, cell.claim(A, B), 0);

        List<RegisterOutcome> outcomes = settle();

        assertThat(outcomes).filteredOn(o -> o.request() == 7).first().isInstanceOf(RegisterOutcome.Refused.class);
        assertThat(outcomes).filteredOn(o -> o.request() == 8).first().isInstanceOf(RegisterOutcome.Decided.class);
    }
}
