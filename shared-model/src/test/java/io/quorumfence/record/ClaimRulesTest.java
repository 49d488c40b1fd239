package io.quorumfence.record;

import static io.quorumfence.record.Story.A;
import static io.quorumfence.record.Story.B;
import static io.quorumfence.record.Story.C;
import static io.quorumfence.record.Story.NO_LIMIT;
import static io.quorumfence.record.Story.life;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimRulesTest {
    private static final HostId D = new HostId("h4");

    private final Story cell = Story.ofJoined(4);

    @Test
    void opensOneClaimWithAFreshToken() {
        cell.then(cell.grantBySaying("r1", A, C)).then(cell.claim(A, B));

        assertThat(cell.lastClaim().token().value())
                .isGreaterThan(cell.lastPermit().id());
        assertThat(cell.lastClaim().stage()).isEqualTo(ClaimStage.CLAIMED);
        assertThat(cell.record().isBarred(B)).isTrue();
    }

    @Test
    void isAlreadyTrueForTheOneWhoseClaimStands() {
        cell.then(cell.claim(A, B));

        assertThat(cell.result(cell.claim(A, B))).isEqualTo("already");
    }

    @Test
    void refusesASecondClaimOnOneLife() {
        cell.then(cell.claim(A, B));
        assertThat(cell.result(cell.claim(C, B))).isEqualTo("claimed");

        cell.then(cell.prove(Rung.SIBLING_SSH, ProofLevel.VMS_GONE));
        assertThat(cell.result(cell.claim(A, B))).isEqualTo("claimed");
    }

    @Test
    void refusesALifeThatIsNotTheNewest() {
        RecordChange onTheFirst = cell.claim(A, B);

        cell.then(new RecordChange.Join(B, life(2, 2)));

        assertThat(cell.result(onTheFirst)).isEqualTo("stale-incarnation");
    }

    @Test
    void refusesAClaimByAnEarlierLife() {
        RecordChange byTheFirst = cell.claim(A, B);

        cell.then(new RecordChange.Join(A, life(2, 2)));

        assertThat(cell.result(byTheFirst)).isEqualTo("claimer-unfit");
    }

    @Test
    void refusesTheClaimOfAClaimedHostSoThatTwoCannotClaimEachOther() {
        cell.then(cell.claim(A, B));

        assertThat(cell.result(cell.claim(B, A))).isEqualTo("claimer-unfit");
    }

    @Test
    void refusesTheClaimOfAHostThatIsProven() {
        cell.fence(A, B, Rung.SIBLING_SSH, ProofLevel.VMS_GONE);

        assertThat(cell.result(cell.claim(B, C))).isEqualTo("claimer-unfit");
    }

    @Test
    void nobodyClaimsHimself() {
        assertThat(cell.result(cell.claim(A, A))).isEqualTo("claimer-unfit");
    }

    @Test
    void aWithdrawnClaimIsSpentAndTheNextHasANewToken() {
        cell.then(cell.claim(A, B)).then(cell.withdraw(B));
        FenceToken spent = cell.lastClaim().token();

        cell.then(cell.claim(A, B));

        assertThat(cell.lastClaim().token()).isGreaterThan(spent);
        assertThat(cell.record().claim(spent).orElseThrow().stage()).isEqualTo(ClaimStage.WITHDRAWN);
    }

    @Test
    void onlyTheClaimerAndTheSuspectWithdraw() {
        cell.then(cell.claim(A, B));

        assertThat(cell.result(cell.withdraw(C))).isEqualTo("claim-closed");
        assertThat(cell.result(cell.withdraw(A))).isEqualTo("applied");
        assertThat(cell.result(cell.withdraw(B))).isEqualTo("applied");
    }

    @Test
    void aClaimThatWasTakenOverIsNoLongerItsFirstClaimersToWithdrawOrProve() {
        cell.then(cell.claim(A, B));
        RecordChange proofOfTheFirst = cell.prove(Rung.TIME, ProofLevel.VMS_GONE);

        cell.then(cell.takeOver(A, C));

        assertThat(cell.result(cell.withdraw(A))).isEqualTo("claim-closed");
        assertThat(cell.result(proofOfTheFirst)).isEqualTo("claim-closed");
        assertThat(cell.result(cell.prove(Rung.TIME, ProofLevel.VMS_GONE))).isEqualTo("applied");
    }

    @Test
    void takesOverUnderTheSameTokenAndOnlyFromTheOneWhoHasIt() {
        cell.then(cell.claim(A, B));
        FenceToken token = cell.lastClaim().token();

        cell.then(cell.takeOver(A, C));

        assertThat(cell.lastClaim().token()).isEqualTo(token);
        assertThat(cell.result(cell.takeOver(A, C))).isEqualTo("already");
        assertThat(cell.result(cell.takeOver(A, D))).isEqualTo("claimed");
    }

    @Test
    void neitherTheSuspectNorAClaimedHostTakesOver() {
        cell.then(cell.claim(A, C)).then(cell.claim(A, B));

        assertThat(cell.result(cell.takeOver(A, B))).isEqualTo("claimer-unfit");
        assertThat(cell.result(cell.takeOver(A, C))).isEqualTo("claimer-unfit");
    }

    @Test
    void aRebornClaimerTakesOverItsOwnClaim() {
        cell.then(cell.claim(A, B)).then(new RecordChange.Join(A, life(2, 2)));

        assertThat(cell.result(cell.takeOver(A, A))).isEqualTo("applied");
    }

    @Test
    void neverLeavesAFinalStage() {
        cell.then(cell.claim(A, B)).then(cell.withdraw(A));
        assertThat(cell.result(cell.prove(Rung.TIME, ProofLevel.VMS_GONE))).isEqualTo("claim-closed");
        assertThat(cell.result(cell.takeOver(A, C))).isEqualTo("claim-closed");
        assertThat(cell.result(cell.withdraw(A))).isEqualTo("already");

        cell.fence(A, B, Rung.TIME, ProofLevel.VMS_GONE);
        assertThat(cell.result(cell.withdraw(A))).isEqualTo("claim-closed");
        assertThat(cell.result(cell.takeOver(A, C))).isEqualTo("claim-closed");
        assertThat(cell.result(cell.prove(Rung.PILL, ProofLevel.VMS_GONE))).isEqualTo("already");
    }

    @ParameterizedTest
    @CsvSource({
        "HOST_SAYS, VMS_GONE, applied",
        "HOST_SAYS, HOST_GONE, proof-void",
        "SIBLING_SSH, VMS_GONE, applied",
        "SIBLING_SSH, HOST_GONE, proof-void",
        "PILL, VMS_GONE, applied",
        "PILL, HOST_GONE, proof-void",
        "TIME, VMS_GONE, applied",
        "TIME, HOST_GONE, applied",
        "REBORN, HOST_GONE, applied",
        "OPERATOR, HOST_GONE, proof-void",
        "POWER, VMS_GONE, proof-void",
        "POWER, HOST_GONE, proof-void",
    })
    void aRungProvesNoMoreThanItCan(Rung rung, ProofLevel level, String result) {
        cell.then(cell.claim(A, B));

        assertThat(cell.result(cell.prove(rung, level))).isEqualTo(result);
    }

    @Test
    void aTimeProofIsVoidUnderAnotherEpoch() {
        cell.then(cell.claim(A, B));
        RecordChange.Prove judgedBefore = cell.prove(Rung.TIME, ProofLevel.VMS_GONE);
        RecordChange byHand = cell.prove(Rung.SIBLING_SSH, ProofLevel.VMS_GONE);

        cell.fence(A, C, Rung.TIME, ProofLevel.HOST_GONE);

        assertThat(cell.result(judgedBefore)).isEqualTo("epoch-moved");
        assertThat(cell.result(byHand)).isEqualTo("applied");
        Proof proof = judgedBefore.proof();
        RecordChange judgedNow = new RecordChange.Prove(
                judgedBefore.token(), A, life(1, 1), cell.record().epoch(), proof);
        assertThat(cell.result(judgedNow)).isEqualTo("applied");
    }

    @Test
    void onlyHostGoneLeavesTheCountsAndEndsThePermitsThere() {
        cell.then(cell.grantBySaying("r1", A, B)).then(cell.redeem());

        cell.fence(A, B, Rung.SIBLING_SSH, ProofLevel.VMS_GONE);
        assertThat(cell.record().gone()).isEmpty();
        assertThat(cell.lastPermit().stage()).isEqualTo(PermitStage.REDEEMED);

        cell.then(new RecordChange.Join(B, life(2, 1)));
        cell.fence(A, B, Rung.TIME, ProofLevel.HOST_GONE);
        assertThat(cell.record().gone()).containsExactly(B);
        assertThat(cell.lastPermit().stage()).isEqualTo(PermitStage.ENDED);
    }

    @Test
    void theStormGuardCountsOpenAndProvenClaimsOfTheWindow() {
        cell.then(cell.claim(A, B));
        assertThat(cell.result(cell.claim(A, C, Set.of(), 1))).isEqualTo("storm-guard");
        assertThat(cell.result(cell.claim(A, C, Set.of(), 2))).isEqualTo("applied");

        cell.then(cell.prove(Rung.TIME, ProofLevel.HOST_GONE));
        assertThat(cell.result(cell.claim(A, C, Set.of(), 1))).isEqualTo("storm-guard");
        assertThat(cell.result(cell.claim(A, C, Set.of(cell.lastClaim().token()), 1)))
                .isEqualTo("applied");
    }

    @Test
    void theStormGuardDoesNotCountWhatTouchedNobody() {
        cell.then(cell.claim(A, B)).then(cell.withdraw(A));
        assertThat(cell.result(cell.claim(A, C, Set.of(), 1))).isEqualTo("applied");

        cell.then(cell.claim(A, B)).then(new RecordChange.Join(B, life(2, 2)));
        assertThat(cell.result(cell.claim(A, C, Set.of(), 1))).isEqualTo("applied");
    }

    @Test
    void aRunOfWithdrawnClaimsDoesNotMakeTheStormGuardForget() {
        cell.fence(A, B, Rung.SIBLING_SSH, ProofLevel.VMS_GONE).then(new RecordChange.Join(B, life(2, 2)));
        for (int i = 0; i < 40; i++) {
            cell.then(cell.claim(A, C, Set.of(), NO_LIMIT)).then(cell.withdraw(C));
        }

        assertThat(cell.result(cell.claim(A, D, Set.of(), 1))).isEqualTo("storm-guard");
        assertThat(cell.record().claims()).hasSize(1 + Compaction.CLOSED_CLAIMS);
    }
}
