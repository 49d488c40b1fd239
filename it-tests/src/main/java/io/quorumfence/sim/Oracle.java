package io.quorumfence.sim;

import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;
import io.quorumfence.model.Beat;
import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.record.CellRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Sees everything, and compares what the cores believe with what is. One line for every broken promise. */
final class Oracle {
    private record Place(VmId vm, SimHost host) {}

    private record Suspicion(int by, int of) {}

    private final SimCell cell;
    private final RecordWatch records;
    private final Map<Place, Long> lifeOf = new HashMap<>();
    private final Map<Place, Long> lostNs = new HashMap<>();
    private final Map<VmId, Long> outageNs = new HashMap<>();
    private final Map<Suspicion, Long> suspectedNs = new HashMap<>();
    private final Set<Long> acted = new HashSet<>();
    /** Lives of which an operator said that the storm guard shall not stand in the way. */
    private final Set<Incarnation> overridden = new HashSet<>();

    /** VMs that began while their host could promise no end; they are not bound before it arms. */
    private final Set<Place> begunUnarmed = new HashSet<>();
    /** Hosts whose new configuration has an action, and whose new process has not armed yet. */
    private final Set<SimHost> armsLater = new HashSet<>();
    /** When a host with such VMs was first seen with an expiry: nothing was promised for the time before. */
    private final Map<SimHost, Long> armedLateNs = new HashMap<>();

    /** When a running VM was last seen to be one that its host leaves alone. */
    private final Map<Place, Long> sparedNs = new HashMap<>();

    /** Since when a claim is known to stand in the suspect's mailbox on a storage majority. */
    private final Map<FenceToken, Long> holds = new HashMap<>();

    /** When a host first knew a claim as taken back. */
    private final Map<FenceToken, Long> withdrawnNs = new HashMap<>();

    final PowerWatch power;
    final Sightings sightings;
    final List<Violation> violations = new ArrayList<>();
    int starts;
    int fences;
    int falseFences;

    /** Proofs in the record, by rung. */
    private final Map<String, Integer> proofs = new TreeMap<>();

    Oracle(SimCell cell, int hosts, int storages, long suspectNs) {
        this.cell = cell;
        this.records = new RecordWatch(cell, this);
        this.power = new PowerWatch(cell, this);
        this.sightings = new Sightings(hosts, storages, suspectNs);
    }

    void broken(String invariant, String what) {
        violations.add(new Violation(invariant, what));
        cell.trace.note(cell.time.nowNs(), "*** " + invariant + " BROKEN: " + what);
        if (!cell.trace.isOn()) {
            cell.time.stop(); // one broken promise tells enough; the replay shows what follows from it
        }
    }

    @Nullable
    CellRecord latest() {
        return records.latest();
    }

    OptionalLong permitExpiryNs(SimHost destination) {
        return records.permitEndNs(destination.id);
    }

    // --- VMs

    void vmBegan(SimHost on, VmId vm) {
        starts++;
        outageNs.remove(vm);
        Incarnation life = on.tmpfs.life;
        lifeOf.put(new Place(vm, on), life == null ? 0 : life.counter());
        long flight = on.config.flight().toNanos();
        for (SimHost other : cell.hosts()) {
            if (other == on || on.vms.comesFrom(vm, other)) {
                continue; // it runs no guest before that one's has stopped
            }
            if (other.vms.isRunning(vm)) {
                broken("I1", vm + " starts on " + on.id + " and runs on " + other.id);
            }
            Long lost = lostNs.get(new Place(vm, other));
            if (lost != null && cell.time.nowNs() < lost + flight) {
                broken("I1", vm + " starts on " + on.id + " while its last writes from " + other.id + " may land");
            }
        }
        if (cell.arms(on) && !armsLater.contains(on)) {
            begunUnarmed.remove(new Place(vm, on));
        } else {
            begunUnarmed.add(new Place(vm, on));
        }
        if (cell.gated) {
            permitted(on, vm, life);
        }
    }

    private void permitted(SimHost on, VmId vm, @Nullable Incarnation life) {
        CellRecord record = records.latest();
        boolean permit = record != null
                && record.permits().stream()
                        .anyMatch(p -> p.stage() == PermitStage.REDEEMED
                                && p.vm().equals(vm)
                                && p.destination().equals(on.id)
                                && p.destinationIncarnation().equals(life));
        if (!permit) {
            broken("I2", vm + " starts on " + on.id + " without a redeemed permit in force");
        }
        boolean barred = record != null
                && life != null
                && record.claims().stream()
                        .anyMatch(claim -> claim.isOpen()
                                && claim.suspect().equals(on.id)
                                && claim.incarnation().counter() < life.counter());
        if (barred) {
            broken("BARRIER", vm + " starts on " + on.id + " while a claim on an earlier life is open");
        }
        if (cell.arms(on) && !armsLater.contains(on) && !on.keeper.isBounded() && !on.spares(vm)) {
            broken("I3", vm + " starts on " + on.id + " whose keeper has no expiry");
        }
    }

    /** Of a migration's two processes one runs the guest, and nobody else has one. */
    void guestMoved(SimHost from, SimHost to, VmId vm) {
        for (SimHost other : cell.hosts()) {
            if (other != from && other != to && other.vms.isRunning(vm)) {
                broken("I1", vm + " goes from " + from.id + " to " + to.id + " and runs on " + other.id);
            }
        }
    }

    void vmEnded(SimHost on, VmId vm, boolean byPower) {
        if (byPower) {
            lostNs.put(new Place(vm, on), cell.time.nowNs());
        }
        if (byPower) {
            outageNs.putIfAbsent(vm, cell.time.nowNs());
        }
    }

    /** Since when the VM runs nowhere because its host lost power; null otherwise. */
    @Nullable
    Long outage(VmId vm) {
        return outageNs.get(vm);
    }

    void armsFromNowOn(SimHost host) {
        armsLater.add(host);
    }

    void powerLost(SimHost host) {
        sightings.forget(host.index);
        armedLateNs.remove(host);
        armsLater.remove(host);
    }

    /** Which life of its host a running VM belongs to. */
    long lifeOf(SimHost host, VmId vm) {
        return lifeOf.getOrDefault(new Place(vm, host), 0L);
    }

    /** Whether writes of VMs that lost their power there may still land. */
    boolean isInFlight(SimHost host, Predicate<VmId> counted) {
        long from = cell.time.nowNs() - host.config.flight().toNanos();
        return lostNs.entrySet().stream()
                .anyMatch(lost -> lost.getKey().host() == host
                        && lost.getValue() > from
                        && counted.test(lost.getKey().vm()));
    }

    // --- record

    void applied(SimHost by, CellRecord record) {
        for (Claim claim : record.claims()) {
            if (claim.stage() == ClaimStage.WITHDRAWN) {
                withdrawnNs.putIfAbsent(claim.token(), cell.time.nowNs());
            }
        }
        records.applied(by, record);
    }

    Map<String, Integer> proofs() {
        return proofs;
    }

    void proven(Rung rung) {
        proofs.merge(rung.code(), 1, Integer::sum);
    }

    void acted(Claim claim, int stormLimit) {
        if (overridden.contains(claim.incarnation())) {
            return; // an operator's word
        }
        if (acted.add(claim.token().value()) && acted.size() > stormLimit) {
            broken("I6", acted.size() + " fences proven, limit " + stormLimit);
        }
    }

    // --- who is seen, and who is fenced all the same

    void beatLanded(SimHost from, SimStorage storage, Beat beat, long sentNs) {
        if (beat.phase() == HostPhase.JOINED
                && from.powered
                && beat.incarnation().equals(from.tmpfs.life)) {
            sightings.landed(from.index, storage.index, sentNs, cell.time.nowNs());
        }
    }

    void heard(SimHost by, SimHost from, AckRequest request, long sentNs) {
        if (request.phase() == HostPhase.JOINED
                && from.powered
                && request.incarnation().equals(from.tmpfs.life)) {
            sightings.heard(
                    from.index, by.index, sentNs, cell.time.nowNs(), isWitness(by) && Sightings.echoes(by, request));
        }
    }

    /** What echoes nothing is a sign of life to those that acknowledge it: not to who is bound by a claim (rule 18). */
    void answered(SimHost by, Ack ack) {
        if (ack.kind() == Ack.Kind.ACKNOWLEDGED) {
            sightings.acknowledged(cell.host(ack.to()).index, by.index, cell.time.nowNs());
        }
    }

    /** Who acknowledges nobody sees nobody: paused, not joined, or without a lease of its own. */
    private static boolean isWitness(SimHost host) {
        AgentState state = host.agent.state();
        return host.agent.isResponsive() && state != null && AgentFacts.leaseLives(state, host.nowNs());
    }

    void event(SimHost host, JournalEvent event) {
        if (event instanceof JournalEvent.MailboxRaised e) {
            holds.putIfAbsent(e.token(), cell.time.nowNs());
        } else if (event instanceof JournalEvent.HostJoined) {
            power.joined(host.id);
        } else if (event instanceof JournalEvent.DeathConfirmed e && e.overridesStorm()) {
            overridden.add(e.life());
        } else if (event instanceof JournalEvent.HostSuspected e) {
            suspectedNs.put(new Suspicion(host.index, cell.host(e.suspect()).index), cell.time.nowNs());
        }
    }

    void executeLanded(SimHost claimer, SimStorage storage, MailEntry entry) {
        SimHost suspect = cell.host(entry.suspect());
        Incarnation life = suspect.tmpfs.life;
        if (suspect.powered && life != null && entry.binds(life)) {
            judgeFence(claimer, suspect, "execute in its mailbox on " + storage.id);
        }
    }

    /** A shell for another host goes behind a read of the record that still shows the claim (decision 0081). */
    void shellSent(SimHost by, LocalCommand.FenceBySsh command) {
        CellRecord record = records.latest();
        Long since = withdrawnNs.get(command.token());
        boolean lent = record != null
                && record.claim(command.token())
                        .filter(claim -> !claim.claimer().equals(by.id))
                        .isPresent();
        if (lent && since != null && since < by.clock.trueAt(command.decidedNs())) {
            broken("I5", by.id + " sends its shell under token " + command.token() + ", which was taken back before");
        }
    }

    void shellKills(SimHost by, SimHost target) {
        fences++;
        judgeFence(by, target, "a shell kills its VMs");
    }

    void switchedOff(SimHost by, SimHost target) {
        fences++;
        judgeFence(by, target, "its fence device takes its power");
    }

    void selfFence(SimHost host) {
        fences++;
    }

    private void judgeFence(SimHost by, SimHost suspect, String how) {
        long since = suspectedNs.getOrDefault(new Suspicion(by.index, suspect.index), cell.time.nowNs());
        Incarnation life = suspect.tmpfs.life;
        long latched = Math.max(suspect.keeper.latched(), suspect.tmpfs.latched);
        if (life != null && latched >= life.counter()) {
            return; // it has ended this life itself, and what is under way of it is no sign of life
        }
        if (sightings.isSeenSince(suspect.index, since, cell.time.nowNs())) {
            falseFences++;
            broken("I5", suspect.id + " is seen by a witness majority, yet " + by.id + ": " + how);
        }
    }

    /** Write-then-read on both sides: no round that began after the mail was there may renew (rule 6). */
    private void lookAtHolds() {
        CellRecord record = records.latest();
        if (record == null || holds.isEmpty()) {
            return;
        }
        holds.keySet()
                .removeIf(token -> record.claim(token)
                        .filter(claim -> claim.isOpen() || claim.isProven())
                        .isEmpty());
        holds.forEach((token, sinceNs) -> {
            Claim claim = record.claim(token).orElseThrow();
            SimHost host = cell.host(claim.suspect());
            AgentState state = host.agent.state();
            if (state != null && claim.incarnation().equals(host.tmpfs.life)) {
                OptionalLong renewed = AgentFacts.storageRenewedNs(state);
                if (renewed.isPresent() && host.clock.trueAt(renewed.getAsLong()) > sinceNs) {
                    broken("HOLD", host.id + " renewed by storage while token " + token + " stands in its mailbox");
                }
            }
        });
    }

    /** What must hold at any time; asked now and then. */
    void look() {
        lookAtHolds();
        for (SimHost host : cell.hosts()) {
            if (host.powered && !host.watchdogBroken && cell.arms(host) && !host.vms.isEmpty()) {
                lookAt(host);
            }
        }
    }

    /** What its host has to end with its lease; of a VM that it left alone until now, only from now on. */
    private boolean owesAny(SimHost host) {
        boolean owes = false;
        for (VmId vm : host.vms.all()) {
            Place place = new Place(vm, host);
            if (host.spares(vm)) {
                sparedNs.put(place, cell.time.nowNs());
            } else {
                long sinceNs = cell.time.nowNs() - sparedNs.getOrDefault(place, Sightings.NEVER);
                owes |= sinceNs > cell.endNs(host);
            }
        }
        return owes;
    }

    private void lookAt(SimHost host) {
        if (!owesAny(host)) {
            return;
        }
        if (host.keeper.isBounded()) {
            armsLater.remove(host);
            if (begunUnarmed.removeIf(place -> place.host() == host)) {
                armedLateNs.put(host, cell.time.nowNs());
            }
        } else if (host.vms.all().stream().allMatch(vm -> begunUnarmed.contains(new Place(vm, host)))) {
            return; // its configuration has an action since then, and it is about to arm
        }
        if (cell.gated && !host.keeper.isBounded() && !host.resetting && host.keeper.isFeeding()) {
            broken("I3", host.vms.all() + " on " + host.id + " without an expiry at its keeper");
        }
        CellRecord known = host.tmpfs.record;
        if (known != null && known.counted().equals(Set.of(host.id))) {
            return; // the last one of its cell is its own majority (rule 15)
        }
        long sign = sightings.any(host.index);
        long last = Math.max(sign, armedLateNs.getOrDefault(host, Sightings.NEVER));
        if (sign > Sightings.NEVER && cell.time.nowNs() - last > cell.endNs(host)) {
            broken(
                    "I3",
                    host.vms.all() + " on " + host.id + " " + (cell.time.nowNs() - last) / SimCell.MILLI
                            + " ms after its last sign of life");
        }
    }
}
