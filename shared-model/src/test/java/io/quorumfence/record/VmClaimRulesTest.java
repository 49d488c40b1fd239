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
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import org.junit.jupiter.api.Test;

class VmClaimRulesTest {
    private static final Incarnation LIFE = life(1, 1);

    private final Story cell = Story.ofJoined(3);

    private static RecordChange start(String name, HostId host) {
        return start(name, host, LIFE);
    }

    private static RecordChange start(String name, HostId host, Incarnation life) {
        return new RecordChange.TakeClaim(Permit.START_CLAIM + name, VM, host, life);
    }

    private static RecordChange running(String name, HostId host) {
        return new RecordChange.TakeClaim(Permit.RUN_CLAIM + name, VM, host, LIFE);
    }

    @Test
    void aClaimIsARedeemedPermitOfItsHost() {
        cell.then(start("1", A));

        Permit claim = cell.lastPermit();
        assertThat(claim.isHeldBy(A, LIFE)).isTrue();
        assertThat(claim.isStartClaim()).isTrue();
        assertThat(cell.result(start("1", A))).isEqualTo("already");
    }

    @Test
    void nobodyElseClaimsTheVmOrGetsAPermitForIt() {
        cell.then(start("1", A));

        assertThat(cell.result(start("2", B))).isEqualTo("permit-exists");
        assertThat(cell.result(running("2", B))).isEqualTo("permit-exists");
        assertThat(cell.result(cell.grantBySaying("r1", A, B))).isEqualTo("permit-exists");
        assertThat(cell.result(cell.grantBySaying("r1", C, B))).isEqualTo("permit-exists");
    }

    @Test
    void aPermitForAnotherHostIsInItsWay() {
        cell.then(cell.grantBySaying("r1", A, B));

        assertThat(cell.result(start("1", A))).isEqualTo("permit-exists");
        assertThat(cell.result(start("1", C))).isEqualTo("permit-exists");
    }

    @Test
    void anUnusedPermitOfItsOwnIsRedeemedInstead() {
        cell.then(cell.grantBySaying("r1", A, B));

        assertThat(cell.result(start("1", B))).isEqualTo("permit-exists");
    }

    @Test
    void everyStartHasAClaimOfItsOwn() {
        cell.then(start("1", A)).then(start("2", A));

        assertThat(cell.record().openPermits(VM)).hasSize(1);
        assertThat(cell.lastPermit().requestId()).isEqualTo(Permit.START_CLAIM + "2");
        assertThat(cell.result(start("1", A))).isEqualTo("permit-ended");
    }

    @Test
    void aRunningVmsClaimReplacesNoStart() {
        cell.then(start("1", A));

        assertThat(cell.result(running("2", A))).isEqualTo("already-held");
    }

    @Test
    void aClaimedHostClaimsNothing() {
        cell.then(cell.claim(B, A));
        assertThat(cell.result(start("1", A))).isEqualTo("boot-barrier");

        cell.then(cell.prove(Rung.SIBLING_SSH, ProofLevel.VMS_GONE));
        assertThat(cell.result(start("1", A))).isEqualTo("boot-barrier");
    }

    @Test
    void anotherLifeClaimsNothing() {
        cell.then(new RecordChange.Join(A, life(2, 2)));

        assertThat(cell.result(start("1", A))).isEqualTo("stale-incarnation");
        assertThat(cell.result(start("1", A, life(2, 2)))).isEqualTo("applied");
    }

    @Test
    void aProofOnItsHostReleasesTheVm() {
        cell.then(start("1", B));
        cell.fence(A, B, Rung.SIBLING_SSH, ProofLevel.VMS_GONE).then(cell.grantByClaim("r1", B, C));

        assertThat(cell.record().openPermits(VM))
                .singleElement()
                .satisfies(permit -> assertThat(permit.destination()).isEqualTo(C));
    }

    @Test
    void aNewBootEndsIt() {
        cell.then(start("1", A)).then(new RecordChange.Join(A, life(2, 2)));

        assertThat(cell.lastPermit().stage()).isEqualTo(PermitStage.ENDED);
        assertThat(cell.result(start("2", B))).isEqualTo("applied");
    }
}
