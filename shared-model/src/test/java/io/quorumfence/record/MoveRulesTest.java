package io.quorumfence.record;

import static io.quorumfence.record.Story.A;
import static io.quorumfence.record.Story.B;
import static io.quorumfence.record.Story.C;
import static io.quorumfence.record.Story.VM;
import static io.quorumfence.record.Story.life;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import java.util.List;
import org.junit.jupiter.api.Test;

class MoveRulesTest {
    private static final Incarnation LIFE = life(1, 1);

    private final Story cell = Story.ofJoined(3).then(start("1", A));

    private static RecordChange start(String name, HostId host) {
        return new RecordChange.TakeClaim(Permit.START_CLAIM + name, VM, host, LIFE);
    }

    private static RecordChange reserve(String name, HostId from, HostId to) {
        return new RecordChange.ReserveMove(Permit.MOVE_CLAIM + name, VM, from, to, LIFE);
    }

    private static RecordChange arrive(long reservation, HostId to) {
        return new RecordChange.TakeMoved(reservation, Permit.START_CLAIM + "moved", VM, to, LIFE);
    }

    private List<HostId> holders() {
        return cell.record().openPermits(VM).stream().map(Permit::destination).toList();
    }

    @Test
    void bothHostsHoldAVmOnItsWay() {
        cell.then(reserve("1", A, B));
        assertThat(holders()).containsExactly(A, B);

        cell.then(arrive(cell.lastPermit().id(), B));

        assertThat(holders()).containsExactly(A, B);
        assertThat(cell.lastPermit().isStartClaim()).isTrue();
        assertThat(cell.lastPermit().lastHost()).isEqualTo(A);
    }

    @Test
    void nobodyElseGetsItAndNeitherSideAlone() {
        cell.then(reserve("1", A, B));

        assertThat(cell.result(start("2", C))).isEqualTo("permit-exists");
        assertThat(cell.result(start("3", A))).isEqualTo("permit-exists");
        assertThat(cell.result(start("4", B))).isEqualTo("permit-exists");
        assertThat(cell.result(reserve("2", A, C))).isEqualTo("migration-under-way");
        assertThat(cell.result(reserve("3", B, C))).isEqualTo("migration-under-way");
        assertThat(cell.result(reserve("4", B, A))).isEqualTo("migration-under-way");
        assertThat(cell.result(cell.grantBySaying("r1", A, C))).isEqualTo("permit-exists");
        assertThat(cell.result(cell.grantBySaying("r2", B, C))).isEqualTo("permit-exists");
    }

    @Test
    void onlyTheHolderIsASource() {
        assertThat(cell.result(reserve("1", C, B))).isEqualTo("source-unfit");
        assertThat(cell.result(reserve("2", A, A))).isEqualTo("permit-exists");
        assertThat(Story.ofJoined(3).result(reserve("3", A, B))).isEqualTo("no-source");
    }

    @Test
    void aPermitThatNobodyHasRedeemedIsNoSource() {
        Story other = Story.ofJoined(3);
        other.then(other.grantBySaying("r1", C, A));

        assertThat(other.result(reserve("1", A, B))).isEqualTo("permit-exists");
    }

    @Test
    void aClaimOnEitherSideRefuses() {
        cell.then(cell.claim(C, A));
        assertThat(cell.result(reserve("1", A, B))).isEqualTo("source-unfit");

        Story other = Story.ofJoined(3).then(start("1", A));
        other.then(other.claim(C, B));
        assertThat(other.result(reserve("1", A, B))).isEqualTo("boot-barrier");
    }

    @Test
    void aClaimThatCameMeanwhileRefusesTheProcess() {
        cell.then(reserve("1", A, B));
        long reservation = cell.lastPermit().id();
        cell.then(cell.claim(C, A));

        assertThat(cell.result(arrive(reservation, B))).isEqualTo("source-unfit");
    }

    @Test
    void aReservationIsUsedOnceAndOnlyWhileItStands() {
        cell.then(reserve("1", A, B));
        long reservation = cell.lastPermit().id();
        assertThat(cell.result(arrive(reservation, C))).isEqualTo("permit-ended");

        cell.then(new RecordChange.EndPermit(reservation, true));

        assertThat(cell.result(arrive(reservation, B))).isEqualTo("permit-ended");
        assertThat(cell.result(reserve("1", A, B))).isEqualTo("permit-ended");
    }

    @Test
    void aSourceThatLetGoMeanwhileLetsNothingCome() {
        cell.then(reserve("1", A, B));
        long reservation = cell.lastPermit().id();
        cell.then(
                new RecordChange.EndPermit(cell.record().openPermits(VM).get(0).id(), true));

        assertThat(cell.result(arrive(reservation, B))).isEqualTo("no-source");
    }

    @Test
    void aProofOnOneSideLeavesTheOther() {
        cell.then(reserve("1", A, B)).then(arrive(cell.lastPermit().id(), B));

        cell.fence(C, A, Rung.TIME, ProofLevel.VMS_GONE);

        assertThat(holders()).containsExactly(B);
        assertThat(cell.result(cell.grantByClaim("r1", A, C))).isEqualTo("permit-exists");
    }

    @Test
    void aProofOnTheDestinationLeavesTheSource() {
        cell.then(reserve("1", A, B));

        cell.fence(C, B, Rung.SIBLING_SSH, ProofLevel.VMS_GONE);

        assertThat(holders()).containsExactly(A);
        assertThat(cell.result(start("2", A))).isEqualTo("applied");
    }

    @Test
    void theLastOneStaysForTheGate() {
        cell.then(reserve("1", A, B)).then(arrive(cell.lastPermit().id(), B));

        cell.fence(C, A, Rung.TIME, ProofLevel.VMS_GONE).fence(C, B, Rung.TIME, ProofLevel.VMS_GONE);

        assertThat(holders()).containsExactly(B);
        assertThat(cell.result(start("2", C))).isEqualTo("permit-exists");
        assertThat(cell.result(cell.grantByClaim("r1", B, C))).isEqualTo("applied");
    }

    @Test
    void aNewBootOfOneSideLeavesTheOther() {
        cell.then(reserve("1", A, B)).then(arrive(cell.lastPermit().id(), B));

        cell.then(new RecordChange.Join(A, life(2, 2)));

        assertThat(holders()).containsExactly(B);
    }
}
