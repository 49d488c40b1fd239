package io.quorumfence.record;

import io.quorumfence.model.Claim;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.record.ChangeResult.Already;
import io.quorumfence.record.ChangeResult.Applied;
import io.quorumfence.record.ChangeResult.Rejected;
import java.util.List;
import java.util.Optional;

/** When a permit may be granted, redeemed and ended, as a function of the record alone (I2, rule 11). */
final class PermitRules {
    private PermitRules() {}

    static ChangeResult grant(RecordChange.GrantPermit wish, CellRecord record) {
        if (Permit.isReserved(wish.requestId())) {
            return new Rejected("request-id-reserved", reserved(wish.requestId()));
        }
        for (Permit permit : record.permits()) {
            if (permit.requestId().equals(wish.requestId()) && permit.vm().equals(wish.vm())) {
                return permit.isOpen()
                        ? new Already()
                        : new Rejected("permit-ended", "the permit of this request ended; ask with a new request id");
            }
        }
        HostEntry destination = record.hosts().get(wish.destination());
        if (destination == null || destination.gone()) {
            return new Rejected("destination-unfit", "host " + wish.destination() + " is not joined");
        }
        Optional<Rejected> wrong = ExemptionRules.unprotected(wish.vm(), record)
                .or(() -> destinationClaimed(destination, record))
                .or(() -> basisVoid(wish, record))
                .or(() -> heldBySomebody(wish.vm(), wish.lastHost(), wish.basis(), record));
        return wrong.isPresent() ? wrong.get() : granted(wish, destination, record);
    }

    private static String reserved(String requestId) {
        return "request id '" + requestId + "' begins with " + Permit.START_CLAIM + ", " + Permit.RUN_CLAIM + " or "
                + Permit.MOVE_CLAIM + ", which are for the hosts' own claims; ask with another request id";
    }

    private static ChangeResult granted(RecordChange.GrantPermit wish, HostEntry destination, CellRecord record) {
        CellRecord.Draft draft = record.draft();
        // The proof of absence covers what an earlier permit for the last host allowed there.
        record.openPermits(wish.vm()).forEach(old -> draft.replace(old.at(PermitStage.ENDED)));
        draft.add(new Permit(
                draft.takeNumber(),
                wish.requestId(),
                wish.vm(),
                wish.lastHost(),
                wish.destination(),
                destination.incarnation(),
                PermitStage.GRANTED,
                rung(wish.basis(), record),
                token(wish.basis()),
                wish.ttlMs()));
        return new Applied(draft.next());
    }

    private static Optional<Rejected> destinationClaimed(HostEntry entry, CellRecord record) {
        boolean claimed =
                record.standingClaimOn(entry.host(), entry.incarnation()).isPresent() || record.isBarred(entry.host());
        return claimed
                ? Optional.of(new Rejected("destination-unfit", "a claim stands on host " + entry.host()))
                : Optional.empty();
    }

    private static Optional<Rejected> basisVoid(RecordChange.GrantPermit wish, CellRecord record) {
        HostEntry last = record.hosts().get(wish.lastHost());
        if (wish.basis() instanceof PermitBasis.HostSays says) {
            boolean current = last != null
                    && says.host().equals(wish.lastHost())
                    && last.incarnation().equals(says.life());
            return current
                    ? Optional.empty()
                    : Optional.of(new Rejected("proof-void", "host " + wish.lastHost() + " has another life since"));
        }
        FenceToken token = ((PermitBasis.ProvenClaim) wish.basis()).token();
        Optional<Claim> claim = record.claim(token);
        boolean holds = claim.isPresent()
                && claim.get().isProven()
                && claim.get().suspect().equals(wish.lastHost())
                && last != null
                && last.incarnation().equals(claim.get().incarnation());
        return holds
                ? Optional.empty()
                : Optional.of(new Rejected("proof-void", "token " + token + " does not prove " + wish.lastHost()));
    }

    /** A permit that is open for another host than the proven one means the VM may start or run there. */
    private static Optional<Rejected> heldBySomebody(VmId vm, HostId lastHost, PermitBasis basis, CellRecord record) {
        List<Permit> elsewhere = record.openPermits(vm).stream()
                .filter(permit -> !(permit.destination().equals(lastHost) && covers(basis, permit)))
                .toList();
        return elsewhere.isEmpty()
                ? Optional.empty()
                : Optional.of(new Rejected(
                        "permit-exists",
                        "permit " + elsewhere.get(0).id() + " for host "
                                + elsewhere.get(0).destination() + " is "
                                + elsewhere.get(0).stage()));
    }

    /**
     * A proven claim covers all its host had. A host's word is as old as it is: it may have redeemed a permit since,
     * and
     * what this life redeemed it ends itself. What an earlier life redeemed, this one's word does cover.
     */
    private static boolean covers(PermitBasis basis, Permit permit) {
        if (basis instanceof PermitBasis.HostSays says) {
            boolean ofEarlierLife = says.life().isLaterThan(permit.destinationIncarnation());
            boolean ofThisLife = says.life().equals(permit.destinationIncarnation());
            return ofEarlierLife || (ofThisLife && permit.stage() == PermitStage.GRANTED);
        }
        return true;
    }

    private static Rung rung(PermitBasis basis, CellRecord record) {
        if (basis instanceof PermitBasis.HostSays says) {
            return says.rung();
        }
        return record.claim(((PermitBasis.ProvenClaim) basis).token())
                .flatMap(Claim::proof)
                .orElseThrow()
                .rung();
    }

    private static Optional<FenceToken> token(PermitBasis basis) {
        return basis instanceof PermitBasis.ProvenClaim proven ? Optional.of(proven.token()) : Optional.empty();
    }

    static ChangeResult redeem(RecordChange.RedeemPermit wish, CellRecord record) {
        Optional<Permit> found = record.permit(wish.id());
        if (found.isEmpty() || !found.get().isOpen()) {
            return new Rejected("permit-ended", "permit " + wish.id() + " is not open");
        }
        Permit permit = found.get();
        if (!permit.vm().equals(wish.vm())) {
            return new Rejected("permit-other-vm", "permit " + wish.id() + " is for VM " + permit.vm());
        }
        if (!permit.destination().equals(wish.destination())
                || !permit.destinationIncarnation().equals(wish.life())) {
            return new Rejected(
                    "permit-other-host",
                    "permit " + wish.id() + " is for " + permit.destination() + " life "
                            + permit.destinationIncarnation().counter());
        }
        if (permit.stage() == PermitStage.REDEEMED) {
            return new Already();
        }
        if (!record.isJoined(wish.destination(), wish.life())) {
            return new Rejected("stale-incarnation", "host " + wish.destination() + " has another life since");
        }
        if (record.standingClaimOn(wish.destination(), wish.life()).isPresent()
                || record.isBarred(wish.destination())) {
            return new Rejected("boot-barrier", "a claim stands on host " + wish.destination());
        }
        if (!basisStillHolds(permit, record)) {
            return new Rejected("proof-void", "host " + permit.lastHost() + " joined again since the permit");
        }
        CellRecord.Draft draft = record.draft();
        draft.replace(permit.at(PermitStage.REDEEMED));
        return new Applied(draft.next());
    }

    /** I2: the proof must hold when the permit is used. A claim's proof ends with a later life of the last host. */
    private static boolean basisStillHolds(Permit permit, CellRecord record) {
        if (permit.claim().isEmpty()) {
            return true;
        }
        HostEntry last = record.hosts().get(permit.lastHost());
        return record.claim(permit.claim().get())
                .filter(claim ->
                        claim.isProven() && last != null && last.incarnation().equals(claim.incarnation()))
                .isPresent();
    }

    static ChangeResult end(RecordChange.EndPermit wish, CellRecord record) {
        Optional<Permit> found = record.permit(wish.id());
        if (found.isEmpty() || !found.get().isOpen()) {
            return new Already();
        }
        if (found.get().stage() == PermitStage.REDEEMED && !wish.verifiedAbsent()) {
            return new Rejected("permit-redeemed", "permit " + wish.id() + " was redeemed; its VM may run");
        }
        CellRecord.Draft draft = record.draft();
        draft.replace(found.get().at(PermitStage.ENDED));
        return new Applied(draft.next());
    }
}
