package io.quorumfence.record;

import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.record.ChangeResult.Already;
import io.quorumfence.record.ChangeResult.Applied;
import io.quorumfence.record.ChangeResult.Rejected;

/** When a life may enter the record, and what that says about the lives before it (rules 1, 3 and 11). */
final class JoinRules {
    private JoinRules() {}

    static ChangeResult join(RecordChange.Join wish, CellRecord record) {
        HostId host = wish.host();
        Incarnation life = wish.life();
        if (!record.members().contains(host)) {
            return new Rejected("unknown-host", "host " + host + " is not a member of cell " + record.cell());
        }
        HostEntry before = record.hosts().get(host);
        if (before != null && before.incarnation().equals(life) && !before.gone()) {
            return new Already();
        }
        if (before != null && !life.isLaterThan(before.incarnation())) {
            return new Rejected(
                    "stale-incarnation",
                    "host " + host + " life " + life.counter() + " is not after "
                            + before.incarnation().counter());
        }
        CellRecord.Draft draft = record.draft();
        if (before != null) {
            closeClaims(wish, before.incarnation(), record, draft);
            endPermits(wish, record, draft);
            PowerRules.releaseIntents(wish, record, draft);
        }
        draft.put(new HostEntry(host, life, false));
        return new Applied(draft.next());
    }

    /**
     * A later life joins only after a new kernel boot, or after the latched one verified its VMs gone; either way no VM
     * of the old life is left. A power intent stays open: joining does not stop a command that is on its way.
     */
    private static void closeClaims(
            RecordChange.Join wish, Incarnation old, CellRecord record, CellRecord.Draft draft) {
        Incarnation life = wish.life();
        Proof proof = life.isRebornFrom(old)
                ? new Proof(
                        Rung.REBORN, ProofLevel.HOST_GONE, wish.host() + " joined with kernel boot " + life.bootId())
                : new Proof(
                        Rung.HOST_SAYS, ProofLevel.VMS_GONE, wish.host() + " latched, verified its VMs gone, joined");
        record.claims().stream()
                .filter(claim -> claim.stage() == ClaimStage.CLAIMED && claim.binds(wish.host(), old))
                .forEach(claim -> draft.replace(claim.proven(proof)));
    }

    /**
     * Nobody can redeem what was granted to an earlier life. What an earlier life redeemed ends with its kernel
     * boot; in
     * the same boot only the host's word about the VM ends it (rule 11).
     */
    private static void endPermits(RecordChange.Join wish, CellRecord record, CellRecord.Draft draft) {
        record.permits().stream()
                .filter(permit -> permit.isOpen() && permit.destination().equals(wish.host()))
                .filter(permit -> permit.stage() == PermitStage.GRANTED
                        || wish.life().isRebornFrom(permit.destinationIncarnation()))
                .forEach(permit -> draft.replace(permit.at(PermitStage.ENDED)));
    }
}
