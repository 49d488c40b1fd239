package io.quorumfence.record;

import static io.quorumfence.record.Story.A;
import static io.quorumfence.record.Story.B;
import static io.quorumfence.record.Story.C;
import static io.quorumfence.record.Story.VM;
import static io.quorumfence.record.Story.life;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PermitRulesTest {
    private final Story cell = Story.ofJoined(3);

    private Story bProven() {
        return cell.fence(A, B, Rung.SIBLING_SSH, ProofLevel.VMS_GONE);
    }

    @Test
    void grantsOnTheLastHostsWord() {
        cell.then(cell.grantBySaying("r1", A, B));

        Permit permit = cell.lastPermit();
        assertThat(permit.destinationIncarnation()).isEqualTo(life(1, 1));
        assertThat(permit.stage()).isEqualTo(PermitStage.GRANTED);
        assertThat(permit.claim()).isEmpty();
    }

    @Test
    void grantsOnAProvenClaimAndNamesItsRung() {
        bProven().then(cell.grantByClaim("r1", B, C));

        assertThat(cell.lastPermit().rung()).isEqualTo(Rung.SIBLING_SSH);
        assertThat(cell.lastPermit().claim()).contains(cell.lastClaim().token());
    }

    @Test
    void refusesARequestIdOfTheHostsOwnClaims() {
        assertThat(cell.result(cell.grantBySaying("hook-start-1", A, B))).isEqualTo("request-id-reserved");
        assertThat(cell.result(cell.grantBySaying("hook-run-1", A, B))).isEqualTo("request-id-reserved");
    }

    @Test
    void anOpenClaimProvesNothing() {
        cell.then(cell.claim(A, B));

        assertThat(cell.result(cell.grantByClaim("r1", B, C))).isEqualTo("proof-void");
    }

    @Test
    void aWithdrawnClaimProvesNothing() {
        cell.then(cell.claim(A, B)).then(cell.withdraw(B));

        assertThat(cell.result(cell.grantByClaim("r1", B, C))).isEqualTo("proof-void");
    }

    @Test
    void aClaimOnAnotherHostProvesNothing() {
        bProven();

        assertThat(cell.result(cell.grantByClaim("r1", A, C))).isEqualTo("proof-void");
    }

    @Test
    void anUnknownClaimProvesNothing() {
        RecordChange wish =
                new RecordChange.GrantPermit("r1", VM, B, C, new PermitBasis.ProvenClaim(new FenceToken(99)), 1_000);

        assertThat(cell.result(wish)).isEqualTo("proof-void");
    }

    @Test
    void aProofEndsWhenItsHostJoinsAgain() {
        bProven().then(cell.grantByClaim("r1", B, C)).then(new RecordChange.Join(B, life(2, 2)));

        assertThat(cell.result(cell.redeem())).isEqualTo("proof-void");
        assertThat(cell.result(cell.grantByClaim("r2", B, A))).isEqualTo("proof-void");
    }

    @Test
    void aHostsWordEndsWhenItJoinsAgain() {
        RecordChange onTheWordOfLife1 = cell.grantBySaying("r1", A, B);

        cell.then(new RecordChange.Join(A, life(2, 2)));

        assertThat(cell.result(onTheWordOfLife1)).isEqualTo("proof-void");
    }

    @Test
    void aHostsWordIsOnlyAboutItself() {
        RecordChange wish = new RecordChange.GrantPermit(
                "r1", VM, B, C, new PermitBasis.HostSays(A, life(1, 1), Rung.HOST_SAYS), 1_000);

        assertThat(cell.result(wish)).isEqualTo("proof-void");
    }

    @Test
    void grantsToNoHostThatIsClaimedProvenGoneOrNeverJoined() {
        cell.then(cell.claim(A, B));
        assertThat(cell.result(cell.grantBySaying("r1", A, B))).isEqualTo("destination-unfit");

        cell.then(cell.prove(Rung.SIBLING_SSH, ProofLevel.VMS_GONE));
        assertThat(cell.result(cell.grantBySaying("r1", A, B))).isEqualTo("destination-unfit");

        cell.fence(A, C, Rung.TIME, ProofLevel.HOST_GONE);
        assertThat(cell.result(cell.grantBySaying("r1", A, C))).isEqualTo("destination-unfit");

        Story young = Story.ofNobody(2).then(new RecordChange.Join(A, life(1, 1)));
        assertThat(young.result(young.grantBySaying("r1", A, B))).isEqualTo("destination-unfit");
    }

    @Test
    void givesOneOpenPermitPerVm() {
        cell.then(cell.grantBySaying("r1", A, B));

        assertThat(cell.result(cell.grantBySaying("r2", A, C))).isEqualTo("permit-exists");
        assertThat(cell.result(cell.grantBySaying("r3", A, B))).isEqualTo("permit-exists");
    }

    @Test
    void answersTheSameRequestWithTheSamePermit() {
        cell.then(cell.grantBySaying("r1", A, B));

        assertThat(cell.result(cell.grantBySaying("r1", A, B))).isEqualTo("already");
        assertThat(cell.result(cell.grantBySaying("r1", A, C))).isEqualTo("already");
        cell.then(cell.redeem());
        assertThat(cell.result(cell.grantBySaying("r1", A, B))).isEqualTo("already");
    }

    @Test
    void anEndedRequestStaysEnded() {
        cell.then(cell.grantBySaying("r1", A, B)).then(cell.end(false));

        assertThat(cell.result(cell.grantBySaying("r1", A, B))).isEqualTo("permit-ended");
        assertThat(cell.result(cell.grantBySaying("r2", A, B))).isEqualTo("applied");
    }

    @Test
    void aProvenClaimReplacesWhatItsHostHadRedeemed() {
        cell.then(cell.grantBySaying("r1", A, B)).then(cell.redeem());
        bProven().then(cell.grantByClaim("r2", B, C));

        assertThat(cell.record().openPermits(VM)).containsExactly(cell.lastPermit());
        assertThat(cell.lastPermit().destination()).isEqualTo(C);
    }

    @Test
    void aWordReplacesWhatItsHostWasGrantedButNotWhatItRedeemedSince() {
        cell.then(cell.grantBySaying("r1", A, B));
        RecordChange.GrantPermit onBsWord = cell.grantBySaying("r2", B, C);
        assertThat(cell.result(onBsWord)).isEqualTo("applied");

        cell.then(cell.redeem());
        assertThat(cell.result(onBsWord)).isEqualTo("permit-exists");
    }

    @Test
    void theWordOfALaterLifeCoversWhatAnEarlierOneRedeemed() {
        cell.then(cell.grantBySaying("r1", A, B)).then(cell.redeem()).then(new RecordChange.Join(B, life(2, 1)));

        cell.then(cell.grantBySaying("r2", B, C));

        assertThat(cell.record().openPermits(VM)).containsExactly(cell.lastPermit());
    }

    @Test
    void isRedeemedOnce() {
        cell.then(cell.grantBySaying("r1", A, B)).then(cell.redeem());
        assertThat(cell.result(cell.redeem())).isEqualTo("already");

        cell.then(cell.end(true));
        assertThat(cell.result(cell.redeem())).isEqualTo("permit-ended");
    }

    @Test
    void isRedeemedByItsDestinationsLifeAlone() {
        cell.then(cell.grantBySaying("r1", A, B));
        long id = cell.lastPermit().id();

        VmId vm = cell.lastPermit().vm();
        assertThat(cell.result(new RecordChange.RedeemPermit(id, new VmId(new UUID(9, 9)), B, life(1, 1))))
                .isEqualTo("permit-other-vm");
        assertThat(cell.result(new RecordChange.RedeemPermit(id, vm, C, life(1, 1))))
                .isEqualTo("permit-other-host");
        assertThat(cell.result(new RecordChange.RedeemPermit(id, vm, B, life(2, 1))))
                .isEqualTo("permit-other-host");
        assertThat(cell.result(new RecordChange.RedeemPermit(id + 1, vm, B, life(1, 1))))
                .isEqualTo("permit-ended");
    }

    @Test
    void isNotRedeemedBehindTheBootBarrier() {
        cell.then(cell.grantBySaying("r1", A, B)).then(cell.claim(C, B));

        assertThat(cell.result(cell.redeem())).isEqualTo("boot-barrier");
    }

    @Test
    void isNotRedeemedByALifeThatWasFollowed() {
        cell.then(cell.grantBySaying("r1", A, B));
        RecordChange late = cell.redeem();

        cell.then(new RecordChange.Join(B, life(2, 1)));

        assertThat(cell.result(late)).isEqualTo("permit-ended");
    }

    @Test
    void grantedOrEndedExactlyOneWins() {
        cell.then(cell.grantBySaying("r1", A, B));
        Story other = Story.ofJoined(3);
        other.then(other.grantBySaying("r1", A, B));

        cell.then(cell.redeem());
        other.then(other.end(false));

        assertThat(cell.result(cell.end(false))).isEqualTo("permit-redeemed");
        assertThat(other.result(other.redeem())).isEqualTo("permit-ended");
    }

    @Test
    void aRedeemedPermitEndsOnlyWithItsVmVerifiedAbsent() {
        cell.then(cell.grantBySaying("r1", A, B)).then(cell.redeem());

        assertThat(cell.result(cell.end(false))).isEqualTo("permit-redeemed");
        cell.then(cell.end(true));
        assertThat(cell.record().openPermits(VM)).isEmpty();
    }

    @Test
    void anUnknownPermitHasEnded() {
        assertThat(cell.result(new RecordChange.EndPermit(99, false))).isEqualTo("already");
        assertThat(cell.record().permit(99)).isEqualTo(Optional.empty());
    }
}
