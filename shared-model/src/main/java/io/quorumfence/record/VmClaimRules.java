package io.quorumfence.record;

import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.record.ChangeResult.Already;
import io.quorumfence.record.ChangeResult.Applied;
import io.quorumfence.record.ChangeResult.Rejected;
import java.util.List;
import java.util.Optional;

/**
 * When a host may take a VM for itself, as a function of the record alone. The claim is a permit that is redeemed in
 * the version that grants it, so whatever is true of redeemed permits is true of it: nobody else gets one for the VM
 * meanwhile, a proof on the host covers it, and it ends when the VM is verified gone or with its host (rule 11).
 */
final class VmClaimRules {
    private VmClaimRules() {}

    static ChangeResult take(RecordChange.TakeClaim wish, CellRecord record) {
        Optional<ChangeResult> before = answered(wish.claim(), wish.vm(), record);
        Optional<ChangeResult> unfit = before.or(() -> unfit(wish.host(), wish.life(), record));
        if (unfit.isPresent()) {
            return unfit.get();
        }
        List<Permit> open = record.openPermits(wish.vm());
        Optional<Permit> elsewhere =
                open.stream().filter(permit -> !isOwn(permit, wish)).findFirst();
        if (elsewhere.isPresent()) {
            return new Rejected(
                    "permit-exists",
                    "permit " + elsewhere.get().id() + " for host "
                            + elsewhere.get().destination() + " is "
                            + elsewhere.get().stage());
        }
        boolean starting = wish.claim().startsWith(Permit.START_CLAIM);
        if (!starting && open.stream().anyMatch(permit -> permit.isHeldBy(wish.host(), wish.life()))) {
            // It may stand for a start of which there is no process yet, and must not end as a VM that was seen.
            return new Rejected("already-held", "host " + wish.host() + " holds VM " + wish.vm());
        }
        CellRecord.Draft draft = record.draft();
        open.forEach(old -> draft.replace(old.at(PermitStage.ENDED)));
        draft.add(claim(draft.takeNumber(), wish.claim(), wish.vm(), wish.host(), wish.host(), wish.life()));
        return new Applied(draft.next());
    }

    /** What a wish of this name came to before. */
    static Optional<ChangeResult> answered(String claim, VmId vm, CellRecord record) {
        return record.permits().stream()
                .filter(permit ->
                        permit.requestId().equals(claim) && permit.vm().equals(vm))
                .findFirst()
                .map(permit -> permit.isOpen() ? new Already() : new Rejected("permit-ended", "this claim has ended"));
    }

    /** Why this life may take no VM, whichever. */
    static Optional<ChangeResult> unfit(HostId host, Incarnation life, CellRecord record) {
        HostEntry entry = record.hosts().get(host);
        if (entry == null || entry.gone() || !entry.incarnation().equals(life)) {
            return Optional.of(new Rejected("stale-incarnation", "host " + host + " has not joined with this life"));
        }
        return record.standingClaimOn(host, life).isPresent() || record.isBarred(host)
                ? Optional.of(new Rejected("boot-barrier", "a claim stands on host " + host))
                : Optional.empty();
    }

    static Permit claim(long number, String name, VmId vm, HostId from, HostId host, Incarnation life) {
        return new Permit(
                number, name, vm, from, host, life, PermitStage.REDEEMED, Rung.HOST_SAYS, Optional.empty(), 0);
    }

    /**
     * What this host holds of the VM it may renew. Not a permit that nobody has redeemed: its ground is judged when it
     * is used (I2), and that is done by redeeming it.
     */
    private static boolean isOwn(Permit permit, RecordChange.TakeClaim wish) {
        return permit.destination().equals(wish.host()) && permit.stage() == PermitStage.REDEEMED;
    }
}
