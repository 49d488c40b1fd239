package io.quorumfence.agent.effect.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.BlockRoom;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.Register;
import io.quorumfence.record.RegisterOutcome;
import io.quorumfence.record.RegisterWant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The schedule of decision 0020: a proposer has its vote counted on the storage that is then emptied, is paused, and
 * reaches the second storage of its majority only after that one was copied.
 */
class RepairScheduleTest {
    private static final StorageId A = new StorageId("a");
    private static final StorageId B = new StorageId("b");
    private static final StorageId X = new StorageId("x");
    private static final HostId Q = new HostId("h1");
    private static final HostId P = new HostId("h2");
    private static final HostId REPAIRER = new HostId("h3");
    private static final CellRecord FIRST =
            CellRecord.first(new CellId("lab1"), List.of(Q, P, REPAIRER), List.of(A, B, X));

    private final Map<StorageId, Map<HostId, BallotBlock>> storages = new HashMap<>();
    private final Register paused = register(P, 1);
    private final Register other = register(Q, 0);

    RepairScheduleTest() {
        for (StorageId storage : FIRST.storages()) {
            Map<HostId, BallotBlock> blocks = new HashMap<>();
            FIRST.members().forEach(host -> blocks.put(host, BallotBlock.of(FIRST)));
            storages.put(storage, blocks);
        }
    }

    private static Register register(HostId host, int index) {
        return new Register(host, index, FIRST.storages(), BlockRoom.unknown(block -> 0));
    }

    private static RecordChange join(HostId host) {
        return new RecordChange.Join(host, new Incarnation(1, new UUID(0, host.hashCode())));
    }

    private Map<HostId, BallotBlock> at(StorageId storage) {
        return Objects.requireNonNull(storages.get(storage));
    }

    private void answer(Register register, HostId host, StorageId storage, RegisterWant want, long nowNs) {
        if (want instanceof RegisterWant.Round round) {
            at(storage).put(host, round.block());
        }
        Map<HostId, Slot<BallotBlock>> all = new HashMap<>();
        at(storage).forEach((member, block) -> all.put(member, Slot.of(block)));
        register.laneRead(storage, want.generation(), all, nowNs);
    }

    private void step(Register register, HostId host, StorageId storage, long nowNs) {
        register.want(storage).ifPresent(want -> answer(register, host, storage, want, nowNs));
    }

    private void repairX(boolean fenced) {
        if (fenced) {
            BallotBlock raised = BallotFence.block(newest(), 2).orElseThrow();
            at(A).put(REPAIRER, raised);
            at(B).put(REPAIRER, raised);
        }
        Map<Integer, BallotBlock> content = newest();
        for (int host = 0; host < FIRST.members().size(); host++) {
            at(X).put(FIRST.members().get(host), Objects.requireNonNull(content.get(host)));
        }
    }

    private Map<Integer, BallotBlock> newest() {
        Map<Integer, BallotBlock> newest = new HashMap<>();
        for (int host = 0; host < FIRST.members().size(); host++) {
            BallotBlock a = Objects.requireNonNull(at(A).get(FIRST.members().get(host)));
            BallotBlock b = Objects.requireNonNull(at(B).get(FIRST.members().get(host)));
            newest.put(host, a.compareTo(b) >= 0 ? a : b);
        }
        return newest;
    }

    /** What each host takes for decided as version 2, after the schedule. */
    private List<CellRecord> run(boolean fenced) {
        paused.submit(1, join(P), 0);
        for (int phase = 0; phase < 2; phase++) { // the read and phase 1, on A and X
            step(paused, P, A, 0);
            step(paused, P, X, 0);
        }
        RegisterWant late = paused.want(A).orElseThrow();
        step(paused, P, X, 0); // phase 2 is counted on X; the write to A is on its way

        repairX(fenced);

        other.submit(1, join(Q), 0);
        for (long round = 0; other.knownVersion() < 2 && round < 50; round++) {
            other.tick(round * 1_000_000_000L);
            step(other, Q, X, round * 1_000_000_000L);
            step(other, Q, B, round * 1_000_000_000L);
        }
        answer(paused, P, A, late, 0);
        return List.of(other.known().orElseThrow(), paused.known().orElseThrow());
    }

    @Test
    void withoutTheFenceTwoValuesAreDecided() {
        List<CellRecord> known = run(false);

        assertThat(known).allMatch(record -> record.version() == 2);
        assertThat(known.get(0)).isNotEqualTo(known.get(1));
    }

    @Test
    void withTheFenceTheLateProposerGivesUp() {
        List<CellRecord> known = run(true);

        assertThat(known.get(0).version()).isEqualTo(2);
        assertThat(known.get(1).version()).isEqualTo(1);
        assertThat(paused.takeOutcomes()).noneMatch(RegisterOutcome.Decided.class::isInstance);
    }
}
