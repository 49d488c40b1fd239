package io.quorumfence.record;

import io.quorumfence.model.CellId;
import io.quorumfence.model.Claim;
import io.quorumfence.model.Exemption;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The whole truth of a cell: an immutable value of the register, one per version.
 *
 * @param version 1 is what {@code storage-init} wrote; every decision adds one
 * @param membership version of the member and storage lists (rule 14)
 * @param members configured hosts; the position is the host index
 * @param goneHistory the gone sets of the last epochs, oldest first, never empty; the last is in force
 * @param nextNumber next fence token or permit id; only grows
 * @param exemptions VMs that are not protected, each once
 */
public record CellRecord(
        CellId cell,
        long version,
        int membership,
        List<HostId> members,
        List<StorageId> storages,
        List<GoneSet> goneHistory,
        Map<HostId, HostEntry> hosts,
        List<Claim> claims,
        List<Permit> permits,
        long nextNumber,
        List<Exemption> exemptions) {

    public CellRecord {
        members = List.copyOf(members);
        storages = List.copyOf(storages);
        goneHistory = List.copyOf(goneHistory);
        // Sorted, so that whoever walks it does so in one order in every process: what is written or replayed is the
        // same.
        hosts = Collections.unmodifiableMap(new TreeMap<>(hosts));
        claims = List.copyOf(claims);
        permits = List.copyOf(permits);
        exemptions = List.copyOf(exemptions);
        if (goneHistory.isEmpty()) {
            throw new IllegalArgumentException("record version " + version + " has no gone set");
        }
    }

    /** A record in which every VM is protected. */
    public CellRecord(
            CellId cell,
            long version,
            int membership,
            List<HostId> members,
            List<StorageId> storages,
            List<GoneSet> goneHistory,
            Map<HostId, HostEntry> hosts,
            List<Claim> claims,
            List<Permit> permits,
            long nextNumber) {
        this(cell, version, membership, members, storages, goneHistory, hosts, claims, permits, nextNumber, List.of());
    }

    /** What {@code storage-init} writes: members and storages, nobody joined. */
    public static CellRecord first(CellId cell, List<HostId> members, List<StorageId> storages) {
        return new CellRecord(
                cell, 1, 1, members, storages, List.of(new GoneSet(1, Set.of())), Map.of(), List.of(), List.of(), 1);
    }

    /** Version of the gone set in force. */
    public long epoch() {
        return inForce().epoch();
    }

    /** The hosts that are out of every count now. */
    public Set<HostId> gone() {
        return inForce().gone();
    }

    private GoneSet inForce() {
        return goneHistory.get(goneHistory.size() - 1);
    }

    /** Members that count now. */
    public Set<HostId> counted() {
        return countedWithout(gone());
    }

    /** Members that counted under a gone set. */
    public Set<HostId> countedWithout(Set<HostId> gone) {
        Set<HostId> counted = new LinkedHashSet<>(members);
        counted.removeAll(gone);
        return counted;
    }

    public Optional<HostEntry> host(HostId host) {
        return Optional.ofNullable(hosts.get(host));
    }

    /** Whether exactly this life is the newest one that joined. */
    public boolean isJoined(HostId host, Incarnation life) {
        HostEntry entry = hosts.get(host);
        return entry != null && entry.incarnation().equals(life);
    }

    public Optional<Claim> claim(FenceToken token) {
        for (Claim claim : claims) {
            if (claim.token().equals(token)) {
                return Optional.of(claim);
            }
        }
        return Optional.empty();
    }

    /** The open claim that binds this life, if there is one; there is never a second (I4). */
    public Optional<Claim> openClaimOn(HostId host, Incarnation life) {
        for (Claim claim : claims) {
            if (claim.isOpen() && claim.binds(host, life)) {
                return Optional.of(claim);
            }
        }
        return Optional.empty();
    }

    /** A claim that binds this life and was not withdrawn or abandoned: its life is or will be proven over. */
    public Optional<Claim> standingClaimOn(HostId host, Incarnation life) {
        for (Claim claim : claims) {
            if ((claim.isOpen() || claim.isProven()) && claim.binds(host, life)) {
                return Optional.of(claim);
            }
        }
        return Optional.empty();
    }

    /** Whether the kernel whose power command a claim may have under way is proven to run no more (rule 9). */
    public boolean isPowerHolderGone(Claim claim) {
        return PowerRules.isHolderGone(claim, this);
    }

    /** Whether a claim on an earlier life of the host is still open: the boot barrier (safety.md). */
    public boolean isBarred(HostId host) {
        return claims.stream()
                .anyMatch(claim -> claim.isOpen() && claim.suspect().equals(host));
    }

    public List<Permit> openPermits(VmId vm) {
        return permits.stream()
                .filter(permit -> permit.isOpen() && permit.vm().equals(vm))
                .toList();
    }

    /** Why the VM is not protected; empty when it is. */
    public Optional<Exemption> exemption(VmId vm) {
        for (Exemption entry : exemptions) {
            if (entry.vm().equals(vm)) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    /** Whether a host that knows this record leaves the VM alone. */
    public boolean ignores(VmId vm) {
        for (Exemption entry : exemptions) {
            if (entry.vm().equals(vm)) {
                return !entry.leaving();
            }
        }
        return false;
    }

    /** The VMs that a host which knows this record leaves alone. */
    public Set<VmId> ignored() {
        if (exemptions.isEmpty()) {
            return Set.of();
        }
        return exemptions.stream()
                .filter(entry -> !entry.leaving())
                .map(Exemption::vm)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether the proof of a claim speaks of this VM: one of level VMS_GONE leaves out what its host left alone. */
    public boolean speaksOf(Claim proven, VmId vm) {
        return ExemptionRules.speaksOf(proven, vm, this);
    }

    /** The hosts that may still leave alone a VM that is becoming protected again. */
    public List<HostId> awaitedFor(Exemption entry) {
        return ExemptionRules.awaited(entry, this);
    }

    public Optional<Permit> permit(long id) {
        return permits.stream().filter(permit -> permit.id() == id).findFirst();
    }

    /** The same content under another version number: several changes may go into one version. */
    public CellRecord withVersion(long number) {
        return new CellRecord(
                cell,
                number,
                membership,
                members,
                storages,
                goneHistory,
                hosts,
                claims,
                permits,
                nextNumber,
                exemptions);
    }

    /** Where a change writes the next version. */
    Draft draft() {
        return new Draft(this);
    }

    /** Mutable copy used inside one change; becomes the next version. */
    static final class Draft {
        private final CellRecord from;
        private final Map<HostId, HostEntry> hosts;
        private final List<Claim> claims;
        private final List<Permit> permits;
        private final List<Exemption> exemptions;
        private List<GoneSet> history;
        private long nextNumber;

        private Draft(CellRecord from) {
            this.from = from;
            hosts = new TreeMap<>(from.hosts);
            claims = new ArrayList<>(from.claims);
            permits = new ArrayList<>(from.permits);
            exemptions = new ArrayList<>(from.exemptions);
            history = from.goneHistory;
            nextNumber = from.nextNumber;
        }

        long takeNumber() {
            return nextNumber++;
        }

        void put(HostEntry entry) {
            hosts.put(entry.host(), entry);
            Set<HostId> gone = hosts.values().stream()
                    .filter(HostEntry::gone)
                    .map(HostEntry::host)
                    .collect(Collectors.toSet());
            if (!gone.equals(history.get(history.size() - 1).gone())) {
                history = Compaction.extend(history, gone);
            }
        }

        void add(Claim claim) {
            claims.add(claim);
        }

        void replace(Claim claim) {
            claims.replaceAll(old -> old.token().equals(claim.token()) ? claim : old);
        }

        void add(Permit permit) {
            permits.add(permit);
        }

        void replace(Permit permit) {
            permits.replaceAll(old -> old.id() == permit.id() ? permit : old);
        }

        void put(Exemption entry) {
            protect(entry.vm());
            exemptions.add(entry);
        }

        void protect(VmId vm) {
            exemptions.removeIf(old -> old.vm().equals(vm));
        }

        List<Permit> permits() {
            return permits;
        }

        CellRecord next() {
            return new CellRecord(
                    from.cell,
                    from.version + 1,
                    from.membership,
                    from.members,
                    from.storages,
                    history,
                    hosts,
                    Compaction.claims(claims, hosts, from.members.size()),
                    Compaction.permits(permits),
                    nextNumber,
                    exemptions);
        }
    }
}
