package io.quorumfence.record;

import io.quorumfence.model.Claim;
import io.quorumfence.model.Exemption;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.record.ChangeResult.Already;
import io.quorumfence.record.ChangeResult.Applied;
import io.quorumfence.record.ChangeResult.Rejected;
import java.util.List;
import java.util.Optional;

/**
 * When a VM may be exempt from protection, and when it is protected again (decision 0042). Whoever opens a claim knows
 * every exemption that its proof may meet: none begins while a claim is open, and none ends while one stands.
 */
final class ExemptionRules {
    /** So many ids fit into what the helper and the record have room for. */
    static final int MOST = 200;

    /** So many words of hosts, 12 bytes each, may stand at a time, or none of the VMs would ever have room for all. */
    private static final int MOST_HEARD = 512;

    private ExemptionRules() {}

    static ChangeResult ignore(RecordChange.IgnoreVm wish, CellRecord record) {
        Optional<Exemption> entry = record.exemption(wish.vm());
        if (entry.isPresent() && !entry.get().leaving()) {
            return new Already();
        }
        if (entry.isEmpty() && record.exemptions().size() >= MOST) {
            return new Rejected("too-many-ignored", MOST + " VMs of this cell are exempt already");
        }
        for (Claim claim : record.claims()) {
            if (claim.isOpen() || isDoubtful(claim, record)) {
                return new Rejected(
                        "fence-under-way",
                        "claim " + claim.token() + " stands on host " + claim.suspect()
                                + ", whose VMs may still be stopped; ask again when that is over");
            }
        }
        CellRecord.Draft draft = record.draft();
        // Nobody has used them, and nobody may any more.
        record.openPermits(wish.vm()).stream()
                .filter(permit -> permit.stage() == PermitStage.GRANTED)
                .forEach(permit -> draft.replace(permit.at(PermitStage.ENDED)));
        long number = draft.takeNumber();
        draft.put(entry.map(old -> old.again(number, wish.by(), wish.why()))
                .orElseGet(() -> Exemption.of(wish.vm(), number, wish.by(), wish.why())));
        return new Applied(draft.next());
    }

    /** A person who erred called a host dead whose own end is still to come: it must stop what it runs. */
    private static boolean isDoubtful(Claim claim, CellRecord record) {
        return claim.proof().filter(proof -> proof.rung() == Rung.OPERATOR).isPresent()
                && isNewestLife(claim, record)
                && !record.gone().contains(claim.suspect());
    }

    private static boolean isNewestLife(Claim claim, CellRecord record) {
        return record.isJoined(claim.suspect(), claim.incarnation());
    }

    static ChangeResult protect(RecordChange.ProtectVm wish, CellRecord record) {
        Optional<Exemption> entry = record.exemption(wish.vm());
        if (entry.isEmpty() || entry.get().leaving()) {
            return new Already();
        }
        long leaving = record.exemptions().stream().filter(Exemption::leaving).count();
        if (leaving > 0 && (leaving + 1) * record.members().size() > MOST_HEARD) {
            return new Rejected(
                    "too-many-leaving", leaving + " VMs are becoming protected already; ask again when one of them is");
        }
        CellRecord.Draft draft = record.draft();
        draft.put(entry.get().asLeaving());
        return new Applied(draft.next());
    }

    /** A host says that it treats the VM as protected from here on; the last one that has to ends the exemption. */
    static ChangeResult hear(RecordChange.HearProtected wish, CellRecord record) {
        Optional<Exemption> entry = record.exemption(wish.vm());
        if (entry.isEmpty() || entry.get().turn() != wish.turn()) {
            return new Already(); // that one is over
        }
        if (!entry.get().leaving()) {
            return new Rejected("still-ignored", "VM " + wish.vm() + " is of class ignore");
        }
        if (!record.isJoined(wish.host(), wish.life())) {
            return new Rejected("stale-incarnation", "host " + wish.host() + " has another life since");
        }
        boolean fresh = !entry.get().isHeardBy(wish.host(), wish.life());
        Exemption heard = entry.get().heardBy(wish.host(), wish.life());
        boolean over = awaited(heard, record).isEmpty();
        if (!fresh && !over) {
            return new Already();
        }
        CellRecord.Draft draft = record.draft();
        if (over) {
            draft.protect(heard.vm());
        } else {
            draft.put(heard);
        }
        return new Applied(draft.next());
    }

    /** The hosts that may still run the VM as an exempt one, so that a proof on them would not speak of it. */
    static List<HostId> awaited(Exemption entry, CellRecord record) {
        return record.hosts().values().stream()
                .filter(host -> !isDone(entry, host, record))
                .map(HostEntry::host)
                .toList();
    }

    private static boolean isDone(Exemption entry, HostEntry host, CellRecord record) {
        if (host.gone()) {
            return true;
        }
        Optional<Claim> standing = record.standingClaimOn(host.host(), host.incarnation());
        boolean before = standing.filter(claim -> isProvenBefore(claim, entry)).isPresent();
        boolean fenced = standing.isPresent() || record.isBarred(host.host());
        return before || (!fenced && entry.isHeardBy(host.host(), host.incarnation()));
    }

    /** Closed before the entry was made: the proof speaks of this VM, too. */
    private static boolean isProvenBefore(Claim claim, Exemption entry) {
        return claim.isProven() && claim.token().value() < entry.id();
    }

    static boolean speaksOf(Claim proven, VmId vm, CellRecord record) {
        Optional<Exemption> entry = record.exemption(vm);
        return entry.isEmpty()
                || isProvenBefore(proven, entry.get())
                || proven.proof()
                        .filter(proof -> proof.level() == ProofLevel.HOST_GONE)
                        .isPresent();
    }

    /** Why nobody gets a permit for the VM; empty when it is protected. */
    static Optional<Rejected> unprotected(VmId vm, CellRecord record) {
        return record.exemption(vm).map(entry -> {
            List<HostId> awaited = entry.leaving() ? awaited(entry, record) : List.of();
            String why = entry.leaving()
                    ? "VM " + vm + " is becoming protected again; waits for " + awaited
                    : "VM " + vm + " is of class ignore, by " + entry.by();
            return new Rejected("vm-not-protected", why);
        });
    }
}
