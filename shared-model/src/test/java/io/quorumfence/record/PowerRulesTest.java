package io.quorumfence.record;

import static io.quorumfence.record.Story.A;
import static io.quorumfence.record.Story.B;
import static io.quorumfence.record.Story.C;
import static io.quorumfence.record.Story.NO_LIMIT;
import static io.quorumfence.record.Story.life;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A claims B and intends to switch it off; C would go on in A's place. */
class PowerRulesTest {
    private final Story cell = Story.ofJoined(4);

    private Story intended() {
        return cell.then(cell.claim(A, B)).then(cell.intend());
    }

    private ClaimStage stage() {
        return cell.lastClaim().stage();
    }

    @Test
    void anIntentIsTheClaimersAlone() {
        cell.then(cell.claim(A, B));

        assertThat(cell.result(new RecordChange.IntendPower(cell.lastClaim().token(), C, life(1, 1))))
                .isEqualTo("claim-closed");
        cell.then(cell.intend());
        assertThat(stage()).isEqualTo(ClaimStage.POWER_INTENT);
        assertThat(cell.result(cell.intend())).isEqualTo("already");
    }

    @Test
    void aClaimedClaimerIntendsNothing() {
        cell.then(cell.claim(A, B));
        RecordChange intend = cell.intend();

        cell.then(cell.claim(C, A));

        assertThat(cell.result(intend)).isEqualTo("claimer-unfit");
    }

    @Test
    void aClosedClaimIsNotIntendedOn() {
        cell.then(cell.claim(A, B));
        RecordChange intend = cell.intend();

        cell.then(new RecordChange.Join(B, life(2, 9)));

        assertThat(cell.result(intend)).isEqualTo("claim-closed");
    }

    @Test
    void nobodyTakesAnOpenIntentOverOrWithdrawsIt() {
        intended();

        assertThat(cell.result(cell.takeOver(A, C))).isEqualTo("claim-closed");
        assertThat(cell.result(cell.withdraw(A))).isEqualTo("claim-closed");
        assertThat(cell.result(cell.withdraw(B))).isEqualTo("claim-closed");
        assertThat(cell.result(cell.abandon(C))).isEqualTo("power-intent");
        assertThat(cell.result(cell.abandon(B))).isEqualTo("power-intent");
    }

    @ParameterizedTest
    @CsvSource({
        "POWER, HOST_GONE, applied",
        "POWER, VMS_GONE, proof-void",
        "TIME, HOST_GONE, applied",
        "SIBLING_SSH, VMS_GONE, applied",
        "SIBLING_SSH, HOST_GONE, proof-void"
    })
    void itsHolderProvesWhatARungCan(Rung rung, ProofLevel level, String result) {
        intended();

        assertThat(cell.result(cell.prove(rung, level))).isEqualTo(result);
    }

    @Test
    void aProofByPowerTakesTheHostOutOfTheCounts() {
        intended().then(cell.prove(Rung.POWER, ProofLevel.HOST_GONE));

        assertThat(cell.record().gone()).containsExactly(B);
    }

    @Test
    void itsHoldersNextLifeOnTheSameKernelMayAbandonItAndProveNothing() {
        intended();
        RecordChange proof = cell.prove(Rung.POWER, ProofLevel.HOST_GONE);

        cell.then(new RecordChange.Join(A, life(2, 1)));

        assertThat(stage()).isEqualTo(ClaimStage.POWER_INTENT);
        assertThat(cell.result(new RecordChange.Prove(
                        cell.lastClaim().token(), A, life(2, 1), 1, ((RecordChange.Prove) proof).proof())))
                .isEqualTo("claim-closed");
        cell.then(cell.abandon(A));
        assertThat(stage()).isEqualTo(ClaimStage.ABANDONED);
        assertThat(cell.result(proof)).isEqualTo("claim-closed");
    }

    @Test
    void itsHoldersNextKernelReleasesIt() {
        intended().then(new RecordChange.Join(A, life(2, 9)));

        assertThat(stage()).isEqualTo(ClaimStage.ABANDONED);
        assertThat(cell.record().isBarred(B)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"SIBLING_SSH, VMS_GONE, power-intent", "TIME, VMS_GONE, power-intent", "TIME, HOST_GONE, applied"})
    void anotherAbandonsItOnlyWhenTheHoldersKernelIsProvenGone(Rung rung, ProofLevel level, String result) {
        intended();
        RecordChange byC = cell.abandon(C);

        cell.fence(C, A, rung, level);

        assertThat(cell.result(byC)).isEqualTo(result);
    }

    @Test
    void itsSuspectsNextBootLeavesItOpenAndIsBarred() {
        intended().then(new RecordChange.Join(B, life(2, 9)));

        assertThat(stage()).isEqualTo(ClaimStage.POWER_INTENT);
        assertThat(cell.record().isBarred(B)).isTrue();
        assertThat(cell.result(cell.grantBySaying("r1", C, B))).isNotEqualTo("applied");
        cell.then(cell.abandon(A));
        assertThat(cell.record().isBarred(B)).isFalse();
    }

    @Test
    void anAbandonedLifeIsClaimedAgainAndCountsOnceForTheStorm() {
        intended().then(cell.abandon(A));

        assertThat(cell.result(cell.claim(C, B, Set.of(), 1))).isEqualTo("applied");
        assertThat(cell.result(cell.claim(A, C, Set.of(), 1))).isEqualTo("storm-guard");
        assertThat(cell.result(cell.claim(A, C, Set.of(), NO_LIMIT))).isEqualTo("applied");
    }

    @Test
    void finalStagesAreNeverLeft() {
        intended().then(cell.abandon(A));

        assertThat(cell.result(cell.intend())).isEqualTo("claim-closed");
        assertThat(cell.result(cell.abandon(A))).isEqualTo("already");
        assertThat(cell.result(cell.withdraw(A))).isEqualTo("claim-closed");
        assertThat(cell.result(cell.prove(Rung.TIME, ProofLevel.HOST_GONE))).isEqualTo("claim-closed");
    }
}
