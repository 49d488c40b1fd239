package io.quorumfence.record;

import io.quorumfence.model.Claim;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import io.quorumfence.record.ChangeResult.Applied;
import io.quorumfence.record.ChangeResult.Rejected;
import java.util.List;
import java.util.Optional;

/**
 * Rule 13: a VM that migrates has an open permit for each of the two hosts, so nobody gets a third one, and whatever
 * asks for one host's end has to ask for the other's too (decision 0053). As a function of the record alone.
 */
final class MoveRules {
    private MoveRules() {}

    static ChangeResult reserve(RecordChange.ReserveMove wish, CellRecord record) {
        Optional<ChangeResult> no = VmClaimRules.answered(wish.claim(), wish.vm(), record)
                .or(() -> VmClaimRules.unfit(wish.host(), wish.life(), record))
                .or(() -> notFrom(record.openPermits(wish.vm()), wish.from(), wish.host(), record));
        if (no.isPresent()) {
            return no.get();
        }
        CellRecord.Draft draft = record.draft();
        draft.add(
                VmClaimRules.claim(draft.takeNumber(), wish.claim(), wish.vm(), wish.from(), wish.host(), wish.life()));
        return new Applied(draft.next());
    }

    static ChangeResult arrive(RecordChange.TakeMoved wish, CellRecord record) {
        Optional<Permit> reserved = record.permit(wish.reservation())
                .filter(permit ->
                        permit.isMove() && permit.vm().equals(wish.vm()) && permit.isHeldBy(wish.host(), wish.life()));
        Optional<ChangeResult> no = VmClaimRules.answered(wish.claim(), wish.vm(), record)
                .or(() -> VmClaimRules.unfit(wish.host(), wish.life(), record))
                .or(() -> reserved.isPresent()
                        ? Optional.empty()
                        : Optional.of(new Rejected("permit-ended", "this migration's reservation has ended")))
                .or(() -> notFrom(
                        others(wish.vm(), wish.reservation(), record),
                        reserved.orElseThrow().lastHost(),
                        wish.host(),
                        record));
        if (no.isPresent()) {
            return no.get();
        }
        CellRecord.Draft draft = record.draft();
        draft.replace(reserved.orElseThrow().at(PermitStage.ENDED));
        HostId from = reserved.orElseThrow().lastHost();
        draft.add(VmClaimRules.claim(draft.takeNumber(), wish.claim(), wish.vm(), from, wish.host(), wish.life()));
        return new Applied(draft.next());
    }

    private static List<Permit> others(VmId vm, long but, CellRecord record) {
        return record.openPermits(vm).stream()
                .filter(permit -> permit.id() != but)
                .toList();
    }

    /** A source holds the VM alone, in a life that has joined and on which no claim stands. */
    private static Optional<ChangeResult> notFrom(List<Permit> open, HostId from, HostId to, CellRecord record) {
        if (open.isEmpty()) {
            return Optional.of(new Rejected("no-source", "no host holds a claim of this VM"));
        }
        if (open.size() > 1) {
            return Optional.of(new Rejected("migration-under-way", "hosts " + hosts(open) + " may have it"));
        }
        Permit held = open.get(0);
        if (held.destination().equals(to) || held.isMove() || held.stage() != PermitStage.REDEEMED) {
            return Optional.of(new Rejected(
                    "permit-exists",
                    "permit " + held.id() + " for host " + held.destination() + " is " + held.stage()));
        }
        HostEntry entry = record.hosts().get(from);
        boolean fit = held.destination().equals(from)
                && entry != null
                && !entry.gone()
                && held.isHeldBy(from, entry.incarnation())
                && record.standingClaimOn(from, entry.incarnation()).isEmpty()
                && !record.isBarred(from);
        return fit
                ? Optional.empty()
                : Optional.of(new Rejected(
                        "source-unfit",
                        "host " + held.destination() + " holds it, and is claimed, gone or in a later life"));
    }

    private static String hosts(List<Permit> open) {
        return String.join(
                ", ", open.stream().map(permit -> permit.destination().value()).toList());
    }

    /**
     * One side is verified: what the proven life held of a VM that the proof speaks of, and that another host may have
     * as well, ends here. The last one stays, for who asks for a start to find. A reservation ends in any case: no
     * process has begun under it, and none will.
     */
    static void leave(Claim proven, CellRecord record, CellRecord.Draft draft) {
        for (Permit permit : List.copyOf(draft.permits())) {
            boolean its = permit.isOpen()
                    && permit.destination().equals(proven.suspect())
                    && permit.destinationIncarnation().equals(proven.incarnation());
            boolean elsewhere = its
                    && ExemptionRules.speaksOf(proven, permit.vm(), record)
                    && draft.permits().stream()
                            .anyMatch(other -> other.isOpen()
                                    && other.vm().equals(permit.vm())
                                    && !other.destination().equals(permit.destination()));
            if (elsewhere || (its && permit.isMove())) {
                draft.replace(permit.at(PermitStage.ENDED));
            }
        }
    }
}
