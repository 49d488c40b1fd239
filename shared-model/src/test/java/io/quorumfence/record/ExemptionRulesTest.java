package io.quorumfence.record;

import static io.quorumfence.record.Story.A;
import static io.quorumfence.record.Story.B;
import static io.quorumfence.record.Story.C;
import static io.quorumfence.record.Story.VM;
import static io.quorumfence.record.Story.life;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a VM may be exempt, and when it is protected again (decision 0042). */
class ExemptionRulesTest {
    private static final RecordChange IGNORE = new RecordChange.IgnoreVm(VM, "jane", "a scratch VM");
    private static final RecordChange PROTECT = new RecordChange.ProtectVm(VM);
    private static final Incarnation FIRST = life(1, 1);

    private final Story cell = Story.ofJoined(3);

    private RecordChange heard(HostId host, Incarnation life) {
        return new RecordChange.HearProtected(
                VM, cell.record().exemption(VM).orElseThrow().turn(), host, life);
    }

    private List<HostId> awaited() {
        return cell.record().awaitedFor(cell.record().exemption(VM).orElseThrow());
    }

    private boolean isProtected() {
        return cell.record().exemption(VM).isEmpty();
    }

    @Test
    void anIgnoredVmGetsNoPermitFromAnybody() {
        cell.then(IGNORE);

        assertThat(cell.result(cell.grantBySaying("r1", A, B))).isEqualTo("vm-not-protected");
        assertThat(cell.record().ignores(VM)).isTrue();
        assertThat(cell.result(IGNORE)).isEqualTo("already");
    }

    @Test
    void aPermitThatNobodyHasUsedEndsWithItAndARedeemedOneStays() {
        cell.then(cell.grantBySaying("r1", A, B)).then(IGNORE);
        assertThat(cell.lastPermit().stage()).isEqualTo(PermitStage.ENDED);

        Story other = Story.ofJoined(3);
        other.then(other.grantBySaying("r1", A, B));
        other.then(other.redeem()).then(IGNORE);
        assertThat(other.lastPermit().stage()).isEqualTo(PermitStage.REDEEMED);
    }

    @Test
    void itsHostMayStillClaimAStartOfIt() {
        cell.then(IGNORE).then(new RecordChange.TakeClaim("hook-start-1-1", VM, A, FIRST));

        assertThat(cell.result(new RecordChange.TakeClaim("hook-start-1-2", VM, B, FIRST)))
                .isEqualTo("permit-exists");
    }

    @Test
    void protectionComesBackWithTheLastHostThatHasHeard() {
        cell.then(IGNORE).then(PROTECT).then(heard(A, FIRST)).then(heard(B, FIRST));
        assertThat(awaited()).containsExactly(C);
        assertThat(cell.record().ignores(VM)).isFalse();
        assertThat(cell.result(cell.grantBySaying("r1", A, B))).isEqualTo("vm-not-protected");

        cell.then(heard(C, FIRST));
        assertThat(isProtected()).isTrue();
        assertThat(cell.result(cell.grantBySaying("r1", A, B))).isEqualTo("applied");
    }

    @Test
    void aWordOfAnEarlierTurnOrLifeCountsForNothing() {
        cell.then(IGNORE).then(PROTECT);
        RecordChange early = heard(C, FIRST);
        cell.then(heard(A, FIRST)).then(IGNORE);
        assertThat(cell.result(heard(B, FIRST))).isEqualTo("still-ignored");

        cell.then(PROTECT);
        assertThat(cell.result(early)).isEqualTo("already");
        assertThat(awaited()).containsExactly(A, B, C);
        cell.then(heard(A, FIRST)).then(new RecordChange.Join(A, life(2, 1)));
        assertThat(awaited()).contains(A);
        assertThat(cell.result(heard(A, FIRST))).isEqualTo("stale-incarnation");
    }

    @Test
    void aHostUnderAClaimIsAwaitedWhateverItSaid() {
        cell.then(IGNORE).then(PROTECT).then(heard(A, FIRST)).then(heard(B, FIRST));
        cell.then(cell.claim(B, A)).then(heard(C, FIRST));
        assertThat(awaited()).containsExactly(A);

        cell.then(cell.prove(Rung.TIME, ProofLevel.VMS_GONE));
        assertThat(awaited()).containsExactly(A);
    }

    @Test
    void aHostThatIsGoneIsNotAwaited() {
        cell.then(IGNORE).fence(B, A, Rung.TIME, ProofLevel.HOST_GONE).then(PROTECT);

        assertThat(awaited()).containsExactly(B, C);
        cell.then(heard(B, FIRST)).then(heard(C, FIRST));
        assertThat(isProtected()).isTrue();
    }

    /** Found by seed 767518703: ignored again, the entry took the proof for one that speaks of the VM. */
    @Test
    void aProofFromBeforeTheEntrySpeaksOfTheVmAndOneSinceThenNever() {
        Story before = Story.ofJoined(3).fence(B, A, Rung.TIME, ProofLevel.VMS_GONE);
        before.then(IGNORE).then(PROTECT);
        assertThat(before.record().awaitedFor(before.record().exemption(VM).orElseThrow()))
                .containsExactly(B, C);
        assertThat(before.record().speaksOf(before.lastClaim(), VM)).isTrue();

        cell.then(IGNORE).fence(B, A, Rung.TIME, ProofLevel.VMS_GONE);
        cell.then(PROTECT).then(IGNORE).then(PROTECT);
        assertThat(awaited()).contains(A);
        assertThat(cell.record().speaksOf(cell.lastClaim(), VM)).isFalse();
    }

    @Test
    void noneBeginsWhileAHostIsBeingFencedOrWasOnlyCalledDead() {
        cell.then(cell.claim(B, A));
        assertThat(cell.result(IGNORE)).isEqualTo("fence-under-way");

        cell.then(cell.prove(Rung.OPERATOR, ProofLevel.VMS_GONE));
        assertThat(cell.result(IGNORE)).isEqualTo("fence-under-way");

        cell.then(new RecordChange.Join(A, life(2, 2)));
        assertThat(cell.result(IGNORE)).isEqualTo("applied");
    }
}
