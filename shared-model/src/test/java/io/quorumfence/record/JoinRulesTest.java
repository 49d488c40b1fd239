package io.quorumfence.record;

import static io.quorumfence.record.Story.A;
import static io.quorumfence.record.Story.B;
import static io.quorumfence.record.Story.C;
import static io.quorumfence.record.Story.life;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JoinRulesTest {
    private final Story cell = Story.ofJoined(3);

    private static RecordChange.Join join(HostId host, long counter, long boot) {
        return new RecordChange.Join(host, life(counter, boot));
    }

    private Proof lastProof() {
        return cell.lastClaim().proof().orElseThrow();
    }

    @Test
    void refusesAStranger() {
        assertThat(cell.result(join(new HostId("x"), 1, 1))).isEqualTo("unknown-host");
    }

    @Test
    void isAlreadyTrueForTheLifeThatJoined() {
        assertThat(cell.result(join(A, 1, 1))).isEqualTo("already");
    }

    @Test
    void refusesALifeThatIsNotLater() {
        cell.then(join(A, 3, 2));

        assertThat(cell.result(join(A, 2, 9))).isEqualTo("stale-incarnation");
        assertThat(cell.result(join(A, 3, 9))).isEqualTo("stale-incarnation");
    }

    @Test
    void refusesTheLifeThatWasProvenGone() {
        cell.fence(A, B, Rung.TIME, ProofLevel.HOST_GONE);

        assertThat(cell.result(join(B, 1, 1))).isEqualTo("stale-incarnation");
    }

    @Test
    void aNewBootClosesAnOpenClaimAsRebornAndTheHostAsGone() {
        cell.then(cell.claim(A, B)).then(join(B, 2, 2));

        assertThat(lastProof().rung()).isEqualTo(Rung.REBORN);
        assertThat(lastProof().level()).isEqualTo(ProofLevel.HOST_GONE);
        assertThat(cell.record().isBarred(B)).isFalse();
    }

    @Test
    void aLatchedLifeOfTheSameBootClosesAnOpenClaimForItsVmsOnly() {
        cell.then(cell.claim(A, B)).then(join(B, 2, 1));

        assertThat(lastProof().rung()).isEqualTo(Rung.HOST_SAYS);
        assertThat(lastProof().level()).isEqualTo(ProofLevel.VMS_GONE);
    }

    @Test
    void leavesFinalStagesAsTheyAre() {
        cell.then(cell.claim(A, B)).then(cell.withdraw(A));
        Claim withdrawn = cell.lastClaim();

        cell.then(join(B, 2, 2));

        assertThat(cell.lastClaim()).isEqualTo(withdrawn);
    }

    @Test
    void leavesClaimsOnOthersOpen() {
        cell.then(cell.claim(A, B)).then(join(C, 2, 2));

        assertThat(cell.lastClaim().isOpen()).isTrue();
    }

    @Test
    void bringsAGoneHostBackIntoTheCountsUnderANewEpoch() {
        cell.fence(A, B, Rung.TIME, ProofLevel.HOST_GONE);
        assertThat(cell.record().counted()).containsExactly(A, C);
        long before = cell.record().epoch();

        cell.then(join(B, 2, 2));

        assertThat(cell.record().gone()).isEmpty();
        assertThat(cell.record().epoch()).isEqualTo(before + 1);
        assertThat(cell.record().goneHistory().get((int) before - 1).gone()).isEqualTo(Set.of(B));
    }

    @Test
    void changesNoEpochWhenNobodyWasGone() {
        long before = cell.record().epoch();

        cell.then(join(B, 2, 2));

        assertThat(cell.record().epoch()).isEqualTo(before);
    }

    @Test
    void aNewBootEndsWhatTheOldOneRedeemed() {
        cell.then(cell.grantBySaying("r1", A, B)).then(cell.redeem()).then(join(B, 2, 2));

        assertThat(cell.lastPermit().stage()).isEqualTo(PermitStage.ENDED);
    }

    @Test
    void theSameBootEndsWhatWasOnlyGrantedAndKeepsWhatWasRedeemed() {
        cell.then(cell.grantBySaying("r1", A, B)).then(join(B, 2, 1));
        assertThat(cell.lastPermit().stage()).isEqualTo(PermitStage.ENDED);

        cell.then(cell.grantBySaying("r2", A, B)).then(cell.redeem()).then(join(B, 3, 1));
        assertThat(cell.lastPermit().stage()).isEqualTo(PermitStage.REDEEMED);
    }

    @Test
    void endsNoPermitForAnotherHost() {
        cell.then(cell.grantBySaying("r1", A, B)).then(join(A, 2, 2));

        assertThat(cell.lastPermit().stage()).isEqualTo(PermitStage.GRANTED);
    }
}
