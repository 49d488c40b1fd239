package io.quorumfence.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.Ack;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.WatchdogKind;
import org.junit.jupiter.api.Test;

class CodesTest {

    @Test
    void everyConstantHasItsCode() {
        assertThat(Codes.PHASE.constants()).containsExactlyInAnyOrder(HostPhase.values());
        assertThat(Codes.MAIL_STAGE.constants()).containsExactlyInAnyOrder(MailStage.values());
        assertThat(Codes.CLAIM_STAGE.constants()).containsExactlyInAnyOrder(ClaimStage.values());
        assertThat(Codes.PERMIT_STAGE.constants()).containsExactlyInAnyOrder(PermitStage.values());
        assertThat(Codes.PROOF_LEVEL.constants()).containsExactlyInAnyOrder(ProofLevel.values());
        assertThat(Codes.RUNG.constants()).containsExactlyInAnyOrder(Rung.values());
        assertThat(Codes.ACTION.constants()).containsExactlyInAnyOrder(SelfFenceAction.values());
        assertThat(Codes.WATCHDOG.constants()).containsExactlyInAnyOrder(WatchdogKind.values());
        assertThat(Codes.ACK.constants()).containsExactlyInAnyOrder(Ack.Kind.values());
    }
}
