package io.quorumfence.sim;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.record.CellRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Watches every version of the record that anybody applies: one value a version, and every new word in it true. */
final class RecordWatch {
    private final SimCell cell;
    private final Oracle oracle;
    private final Map<Long, CellRecord> versions = new HashMap<>();
    private @Nullable CellRecord latest;
    /** Where the newest permit for each host runs out, in true time, by its destination's knowledge. */
    private final Map<HostId, Long> permitEndNs = new HashMap<>();

    RecordWatch(SimCell cell, Oracle oracle) {
        this.cell = cell;
        this.oracle = oracle;
    }

    @Nullable
    CellRecord latest() {
        return latest;
    }

    /** When the newest permit for a host runs out there; empty when it has none. */
    OptionalLong permitEndNs(HostId host) {
        Long end = permitEndNs.get(host);
        return end == null ? OptionalLong.empty() : OptionalLong.of(end);
    }

    private void permitsOf(SimHost host, CellRecord record) {
        for (Permit permit : record.permits()) {
            boolean news = latest == null || latest.permit(permit.id()).isEmpty();
            if (news
                    && permit.stage() == PermitStage.GRANTED
                    && permit.destination().equals(host.id)) {
                permitEndNs.put(host.id, cell.time.nowNs() + permit.ttlMs() * SimCell.MILLI);
            }
        }
    }

    void applied(SimHost by, CellRecord record) {
        permitsOf(by, record);
        CellRecord known = versions.putIfAbsent(record.version(), record);
        if (known != null && known != record && !known.equals(record)) {
            oracle.broken("I4", "two values of version " + record.version() + ", one applied by " + by.id);
        }
        CellRecord before = latest;
        if (before == null || record.version() > before.version()) {
            latest = record;
            news(before, record);
        }
    }

    private void news(@Nullable CellRecord before, CellRecord now) {
        if (before != null && now.nextNumber() < before.nextNumber()) {
            oracle.broken("I4", "numbers fall from " + before.nextNumber() + " to " + now.nextNumber());
        }
        for (Claim claim : now.claims()) {
            Optional<Claim> old = before == null ? Optional.empty() : before.claim(claim.token());
            if (old.filter(claim::equals).isEmpty()) {
                claim(old, claim, now);
            }
        }
        for (HostEntry entry : now.hosts().values()) {
            SimHost host = cell.host(entry.host());
            if (entry.gone()
                    && host.powered
                    && host.bootId.equals(entry.incarnation().bootId())) {
                oracle.broken("PROOF", entry.host() + " is gone in the record and has power");
            }
        }
        if (before != null) {
            before.exemptions().stream()
                    .filter(entry -> now.exemption(entry.vm()).isEmpty())
                    .forEach(entry -> protectedAgain(entry.vm(), now));
        }
        for (Permit permit : now.permits()) {
            boolean news = before == null
                    || before.permit(permit.id())
                            .filter(old -> old.stage() == permit.stage())
                            .isEmpty();
            if (news && permit.stage() == PermitStage.REDEEMED) {
                redeemed(permit);
            }
        }
    }

    /** From here on a proof on a host speaks of this VM, and one that was decided before does. */
    private void protectedAgain(VmId vm, CellRecord now) {
        for (SimHost host : cell.hosts()) {
            HostEntry entry = now.hosts().get(host.id);
            boolean proven = entry != null
                    && host.bootId.equals(entry.incarnation().bootId())
                    && now.standingClaimOn(host.id, entry.incarnation())
                            .filter(Claim::isProven)
                            .isPresent();
            if (proven && host.vms.isRunning(vm)) {
                oracle.broken("CLASS", vm + " is protected again and runs on " + host.id + ", which is proven");
            }
        }
    }

    private void claim(Optional<Claim> old, Claim claim, CellRecord now) {
        if (old.isPresent() && !old.get().isOpen()) {
            oracle.broken(
                    "I4",
                    "token " + claim.token() + " leaves its final stage "
                            + old.get().stage());
        }
        boolean handed = old.filter(was -> was.stage() == ClaimStage.POWER_INTENT
                        && claim.isOpen()
                        && !(was.claimer().equals(claim.claimer())
                                && was.claimerIncarnation().equals(claim.claimerIncarnation())))
                .isPresent();
        if (handed) {
            oracle.broken("POWER", "the open power intent of token " + claim.token() + " goes to " + claim.claimer());
        }
        long standing = now.claims().stream()
                .filter(other -> other.isOpen() || other.isProven())
                .filter(other -> other.suspect().equals(claim.suspect())
                        && other.incarnation().equals(claim.incarnation()))
                .count();
        if (standing > 1) {
            oracle.broken("I4", standing + " tokens stand on " + claim.suspect() + " " + claim.incarnation());
        }
        claim.proof().ifPresent(proof -> proven(claim, proof, now));
    }

    private void proven(Claim claim, Proof proof, CellRecord now) {
        SimHost host = cell.host(claim.suspect());
        if (proof.rung() != Rung.REBORN && proof.rung() != Rung.HOST_SAYS) {
            oracle.acted(claim, cell.stormLimit(host));
        }
        oracle.proven(proof.rung());
        long counter = claim.incarnation().counter();
        boolean sameBoot =
                host.powered && host.bootId.equals(claim.incarnation().bootId());
        Predicate<VmId> counted =
                vm -> proof.level() == ProofLevel.HOST_GONE || now.exemption(vm).isEmpty();
        boolean runs = host.vms.all().stream().filter(counted).anyMatch(vm -> oracle.lifeOf(host, vm) <= counter);
        if (sameBoot && runs) {
            oracle.broken(
                    "PROOF",
                    proof.rung() + " proves " + claim.suspect() + " life " + counter + " absent, it runs "
                            + host.vms.all());
        }
        if (sameBoot && proof.level() == ProofLevel.HOST_GONE) {
            oracle.broken("PROOF", proof.rung() + " proves " + claim.suspect() + " gone, it has power");
        }
        if (oracle.isInFlight(host, counted)) {
            oracle.broken("PROOF", proof.rung() + " proves " + claim.suspect() + " while its last writes may land");
        }
    }

    /** I2: whoever redeems may start at once, so nobody else runs it now. */
    private void redeemed(Permit permit) {
        for (SimHost host : cell.hosts()) {
            boolean source = permit.isClaim() && host.id.equals(permit.lastHost());
            if (!source && !host.id.equals(permit.destination()) && host.vms.isRunning(permit.vm())) {
                oracle.broken(
                        "I2",
                        "permit " + permit.id() + " (" + permit.rung() + ") is redeemed on " + permit.destination()
                                + " while " + permit.vm() + " runs on " + host.id);
            }
        }
    }
}
