package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.command.ReplyCommand.ReplyRefused;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.record.PermitBasis;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whatever was begun and not finished ends in a stated result by itself: the agents' half of it, on real cores. */
class ReconciliationTest {
    private final Stage stage = Stage.of(5, 1, SelfFenceAction.STOP_VMS).vmOn(1);
    private int requests;

    private ReplyCommand grant(int last, int destination, PermitBasis basis, long ttlMs) {
        HostId from = stage.h(last).id;
        HostId to = stage.h(destination).id;
        String request = "request-" + ++requests;
        return Objects.requireNonNull(stage.ask(
                destination, id -> new RequestObservation.GrantAsked(id, request, Stage.VM, from, to, basis, ttlMs)));
    }

    private Permit granted(int last, int destination, PermitBasis basis, long ttlMs) {
        ReplyCommand reply = grant(last, destination, basis, ttlMs);
        assertThat(reply).isInstanceOf(ReplyCommand.ReplyPermit.class);
        return ((ReplyCommand.ReplyPermit) reply).permit();
    }

    private ReplyCommand redeem(int destination, Permit permit) {
        return Objects.requireNonNull(
                stage.ask(destination, id -> new RequestObservation.RedeemAsked(id, permit.id(), permit.vm())));
    }

    private PermitBasis proven(int host) {
        stage.powerOff(host);
        assertThat(stage.await(20_000, () -> stage.isProven(host))).isTrue();
        return new PermitBasis.ProvenClaim(stage.claimOn(host).map(Claim::token).orElseThrow());
    }

    private PermitStage stageOf(Permit permit) {
        return stage.record().permit(permit.id()).map(Permit::stage).orElse(PermitStage.ENDED);
    }

    private void nothingBroken() {
        assertThat(stage.cell.oracle.violations).isEmpty();
    }

    @Test
    void aPermitThatNobodyRedeemsEndsByItsTimeAndTheNextRequestGetsOne() {
        PermitBasis basis = proven(1);
        Permit unused = granted(1, 2, basis, 2_000);
        assertThat(((ReplyRefused) grant(1, 3, basis, 60_000)).code()).isEqualTo("permit-exists");
        assertThat(stage.await(10_000, () -> stageOf(unused) == PermitStage.ENDED))
                .isTrue();
        Permit next = granted(1, 3, basis, 60_000);
        assertThat(redeem(3, next)).isInstanceOf(ReplyCommand.ReplyPermit.class);
        assertThat(((ReplyRefused) redeem(2, unused)).code()).isEqualTo("permit-ended");
        nothingBroken();
    }

    @Test
    void aDestinationThatDiesWithAnUnusedPermitGivesItBackWithItsFence() {
        PermitBasis basis = proven(1);
        Permit unused = granted(1, 2, basis, 600_000);
        stage.h(2).adopt(new VmId(new UUID(7, 9)));
        stage.run(4_000);
        PermitBasis second = proven(2);
        Permit next = granted(2, 3, second, 60_000);
        assertThat(stageOf(unused)).isEqualTo(PermitStage.ENDED);
        assertThat(redeem(3, next)).isInstanceOf(ReplyCommand.ReplyPermit.class);
        nothingBroken();
    }

    @Test
    void aDestinationThatDiesAfterItRedeemedIsTheNextLastHost() {
        Permit used = granted(1, 2, proven(1), 60_000);
        assertThat(redeem(2, used)).isInstanceOf(ReplyCommand.ReplyPermit.class);
        stage.h(2).vms.start(Stage.VM, 50 * SimCell.MILLI, 0);
        stage.run(2_000);
        assertThat(stage.vmRunsOn(2)).isTrue();
        PermitBasis basis = proven(2);
        Permit next = granted(2, 3, basis, 60_000);
        assertThat(stageOf(used)).isEqualTo(PermitStage.ENDED);
        assertThat(redeem(3, next)).isInstanceOf(ReplyCommand.ReplyPermit.class);
        nothingBroken();
    }

    @Test
    void aSuspectThatComesBackVoidsThePermitThatRestsOnItsEnd() {
        Permit void1 = granted(1, 2, proven(1), 4_000);
        long former =
                stage.record().host(stage.h(1).id).orElseThrow().incarnation().counter();
        stage.h(1).powerOn();
        assertThat(stage.await(20_000, () -> life().counter() > former)).isTrue();
        stage.run(1_500);
        assertThat(redeem(2, void1)).isInstanceOf(ReplyRefused.class);
        assertThat(stage.await(10_000, () -> stageOf(void1) == PermitStage.ENDED))
                .isTrue();
        ReplyCommand word = stage.ask(1, id -> new RequestObservation.AbsenceAsked(id, Stage.VM));
        assertThat(((ReplyCommand.ReplyAbsence) Objects.requireNonNull(word)).answer())
                .isEqualTo(ReplyCommand.Absence.ABSENT);
        Permit next = granted(1, 2, new PermitBasis.HostSays(stage.h(1).id, life(), Rung.HOST_SAYS), 60_000);
        assertThat(redeem(2, next)).isInstanceOf(ReplyCommand.ReplyPermit.class);
        nothingBroken();
    }

    private Incarnation life() {
        return stage.record().host(stage.h(1).id).orElseThrow().incarnation();
    }
}
