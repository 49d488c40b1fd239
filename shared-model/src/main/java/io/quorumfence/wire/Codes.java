package io.quorumfence.wire;

import io.quorumfence.model.Ack;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.WatchdogKind;
import java.util.List;

/**
 * The number of each constant on the wire: its place in this list, from 1. Places are never reused or reordered, so
 * the order of declaration in the model is free to change.
 */
final class Codes<E extends Enum<E>> {
    static final Codes<HostPhase> PHASE = new Codes<>(HostPhase.JOINING, HostPhase.JOINED, HostPhase.LATCHED);
    static final Codes<MailStage> MAIL_STAGE = new Codes<>(MailStage.HOLD, MailStage.EXECUTE);
    static final Codes<ClaimStage> CLAIM_STAGE = new Codes<>(
            ClaimStage.CLAIMED, ClaimStage.POWER_INTENT, ClaimStage.PROVEN, ClaimStage.WITHDRAWN, ClaimStage.ABANDONED);
    static final Codes<PermitStage> PERMIT_STAGE =
            new Codes<>(PermitStage.GRANTED, PermitStage.REDEEMED, PermitStage.ENDED);
    static final Codes<ProofLevel> PROOF_LEVEL = new Codes<>(ProofLevel.VMS_GONE, ProofLevel.HOST_GONE);
    static final Codes<Rung> RUNG =
            new Codes<>(Rung.HOST_SAYS, Rung.REBORN, Rung.SIBLING_SSH, Rung.POWER, Rung.PILL, Rung.TIME, Rung.OPERATOR);
    static final Codes<SelfFenceAction> ACTION = new Codes<>(
            SelfFenceAction.STOP_VMS,
            SelfFenceAction.REBOOT,
            SelfFenceAction.LOG_ONLY,
            SelfFenceAction.NONE,
            SelfFenceAction.GRACEFUL_REBOOT,
            SelfFenceAction.RESTART_AGENT,
            SelfFenceAction.DISARMED,
            SelfFenceAction.SHADOW,
            SelfFenceAction.COOLDOWN);
    static final Codes<WatchdogKind> WATCHDOG =
            new Codes<>(WatchdogKind.NONE, WatchdogKind.DEVICE, WatchdogKind.SOFTDOG, WatchdogKind.FIFO_LAB);
    static final Codes<Ack.Kind> ACK = new Codes<>(Ack.Kind.ACKNOWLEDGED, Ack.Kind.FENCED, Ack.Kind.ABSTAINED);

    private final List<E> constants;

    @SafeVarargs
    private Codes(E... constants) {
        this.constants = List.of(constants);
    }

    List<E> constants() {
        return constants;
    }

    void write(Payload.Writer to, E value) {
        int place = constants.indexOf(value);
        if (place < 0) {
            throw new IllegalStateException("format " + BlockFrame.FORMAT + " has no code for " + value);
        }
        to.octet(place + 1);
    }

    E read(Payload.Reader from) {
        int code = from.octet();
        if (code < 1 || code > constants.size()) {
            throw new MalformedException("code " + code + " is not known to this version");
        }
        return constants.get(code - 1);
    }
}
