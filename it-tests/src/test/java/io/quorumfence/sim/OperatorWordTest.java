package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.model.observation.RequestObservation.ConfirmDeadAsked;
import io.quorumfence.record.ChangeResult;
import io.quorumfence.record.PermitBasis;
import io.quorumfence.record.RecordChange;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What an agent makes of an operator's word, by the code it answers; the scripts play what follows. */
class OperatorWordTest {
    private final Stage stage = Stage.of(3, 1, SelfFenceAction.LOG_ONLY);

    private Incarnation life(int host) {
        return stage.record().host(stage.h(host).id).orElseThrow().incarnation();
    }

    private String told(int agent, int host, Incarnation life) {
        HostId id = stage.h(host).id;
        ReplyCommand reply = Objects.requireNonNull(stage.ask(
                agent, as -> new ConfirmDeadAsked(as, "coordinator", "jane", "looked at it", id, life, false)));
        return reply instanceof ReplyCommand.ReplyRefused no ? no.code() : "taken";
    }

    @Test
    void aHostThatIsSeenIsNotDeadWhoeverSaysSo() {
        assertThat(told(2, 1, life(1))).isEqualTo("host-seen");
        assertThat(told(1, 1, life(1))).isEqualTo("host-seen");
        stage.run(3_000);
        assertThat(stage.claimOn(1)).isEmpty();
    }

    @Test
    void theWordSpeaksOfTheLifeInTheRecordOrOfNone() {
        stage.powerOff(1);
        assertThat(stage.await(10_000, () -> stage.isSuspectedBy(1, 2))).isTrue();
        assertThat(told(2, 1, new Incarnation(life(1).counter() + 1, new UUID(9, 9))))
                .isEqualTo("stale-incarnation");
        assertThat(told(2, 1, new Incarnation(life(1).counter(), new UUID(9, 9))))
                .isEqualTo("stale-incarnation");
        assertThat(told(2, 1, life(1))).isEqualTo("taken");
    }

    @Test
    void itBecomesTheProofOfItsRungAndAPermitRestsOnIt() {
        stage.powerOff(1);
        stage.run(10_000);
        told(2, 1, life(1));
        told(3, 1, life(1));
        assertThat(stage.await(10_000, () -> stage.isProven(1))).isTrue();
        Proof proof = stage.claimOn(1).flatMap(Claim::proof).orElseThrow();
        assertThat(proof.rung()).isEqualTo(Rung.OPERATOR);
        assertThat(proof.level()).isEqualTo(ProofLevel.VMS_GONE);
        assertThat(proof.evidence()).isEqualTo("operator jane: looked at it");
        assertThat(told(2, 1, life(1))).isEqualTo("already-proven");
        PermitBasis basis =
                new PermitBasis.ProvenClaim(stage.claimOn(1).map(Claim::token).orElseThrow());
        ReplyCommand reply = stage.ask(2, id -> grant(id, basis));
        assertThat(reply).isInstanceOf(ReplyCommand.ReplyPermit.class);
        Permit permit = ((ReplyCommand.ReplyPermit) Objects.requireNonNull(reply)).permit();
        assertThat(permit.rung()).isEqualTo(Rung.OPERATOR);
        assertThat(stage.cell.oracle.violations).isEmpty();
    }

    private RequestObservation grant(ReplyId id, PermitBasis basis) {
        return new RequestObservation.GrantAsked(id, "r", Stage.VM, stage.h(1).id, stage.h(2).id, basis, 60_000);
    }

    @Test
    void itIsForgottenWhenTheHostIsSeenAgain() {
        stage.hangStorages(1, 1);
        stage.part(1, 2, 1);
        stage.part(1, 3, 1);
        stage.await(10_000, () -> stage.isSuspectedBy(1, 2) && stage.isSuspectedBy(1, 3));
        stage.part(2, 3, 1); // no second opinion: the word has to wait
        assertThat(told(2, 1, life(1))).isEqualTo("taken");
        stage.part(1, 2, -1);
        stage.hangStorages(1, -1);
        stage.part(2, 3, -1);
        stage.part(1, 3, -1);
        stage.run(15_000);
        assertThat(stage.claimOn(1).filter(Claim::isProven)).isEmpty();
        stage.isolate(1, 1);
        stage.run(15_000);
        assertThat(stage.claimOn(1).filter(Claim::isProven))
                .as("a word from before it was seen again")
                .isEmpty();
    }

    @Test
    void theRecordRefusesAnOperatorWhoTakesTheHostOutOfTheCounts() {
        stage.powerOff(1);
        assertThat(stage.await(20_000, () -> stage.isClaimed(1))).isTrue();
        Claim claim = stage.claimOn(1).orElseThrow();
        ChangeResult result = new RecordChange.Prove(
                        claim.token(),
                        claim.claimer(),
                        claim.claimerIncarnation(),
                        stage.record().epoch(),
                        new Proof(Rung.OPERATOR, ProofLevel.HOST_GONE, "he says so"))
                .applyTo(stage.record());
        assertThat(result).isInstanceOf(ChangeResult.Rejected.class);
    }
}
