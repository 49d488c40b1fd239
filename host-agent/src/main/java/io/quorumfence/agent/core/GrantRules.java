package io.quorumfence.agent.core;

import io.quorumfence.model.Beat;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.RequestObservation.GrantAsked;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.PermitBasis;
import io.quorumfence.record.RecordChange;
import java.util.Optional;

/**
 * What a deciding agent checks before it proposes a permit, beside the record's own rules: no other host may hold the
 * VM, by the last list in every host's beat (safety.md, the start gate).
 */
final class GrantRules {
    private GrantRules() {}

    /** Why not now. */
    record Held(String code, String detail) {}

    static void asked(AgentState s, GrantAsked asked, long nowNs, Out out) {
        Optional<Held> no = refuse(s, asked, nowNs);
        if (no.isPresent()) {
            String code = no.get().code();
            String detail = no.get().detail();
            out.event(new JournalEvent.RequestRefused("permit for " + asked.vm(), code, detail));
            out.command(new ReplyCommand.ReplyRefused(asked.reply(), code, detail, true));
            return;
        }
        RecordDesk.submit(
                s,
                new RecordChange.GrantPermit(
                        asked.requestId(),
                        asked.vm(),
                        asked.lastHost(),
                        asked.destination(),
                        asked.basis(),
                        asked.ttlMs()),
                new Pending.GrantWanted(asked.reply(), asked.requestId(), asked.vm()),
                nowNs);
    }

    private static Optional<Held> refuse(AgentState s, GrantAsked asked, long nowNs) {
        if (!s.leaseLives(nowNs) || !s.recordRead || s.record().isEmpty()) {
            return Optional.of(new Held("agent-unfit", "host " + s.self() + " holds no live lease"));
        }
        if (asked.destination().equals(s.self()) && Quarantine.holds(s).isPresent()) {
            return Optional.of(new Held("quarantine", "host " + s.self() + " waits for an operator's release"));
        }
        Optional<Held> elsewhere = s.record().get().members().stream()
                .filter(host -> !host.equals(asked.lastHost()))
                .flatMap(host ->
                        (host.equals(s.self()) ? heldHere(s, asked.vm()) : heldAt(s, asked.vm(), host)).stream())
                .findFirst();
        return elsewhere.or(() -> rebornHoldsIt(s, asked, nowNs));
    }

    /**
     * What has come up since the permit was granted: its ground must still hold when it is used (I2). The last host's
     * newest beat may be from before its word, so it is asked only once the permit is older than any such beat.
     */
    static Optional<Held> heldSince(AgentState s, Permit permit, long nowNs) {
        if (permit.stage() != PermitStage.GRANTED) {
            return Optional.empty();
        }
        long sinceNs = s.permits.grantedNs.getOrDefault(permit.id(), nowNs);
        boolean old = nowNs - sinceNs > 2 * Suspicion.suspectNs(s, permit.lastHost());
        return s.record().orElseThrow().members().stream()
                .filter(host -> !host.equals(s.self()) && (old || !host.equals(permit.lastHost())))
                .flatMap(host -> heldAt(s, permit.vm(), host).stream())
                .findFirst();
    }

    /** A boot ends a VM, and a beat of the new life that is seen NOW has to say that it did not come back. */
    private static Optional<Held> rebornHoldsIt(AgentState s, GrantAsked asked, long nowNs) {
        if (!(asked.basis() instanceof PermitBasis.HostSays says) || says.rung() != Rung.REBORN) {
            return Optional.empty();
        }
        HostId host = asked.lastHost();
        if (host.equals(s.self())) {
            return heldHere(s, asked.vm());
        }
        Optional<Beat> beat = newestBeat(s, host)
                .filter(seen ->
                        seen.phase() == HostPhase.JOINED && seen.incarnation().equals(says.life()));
        boolean fresh = Suspicion.storageAge(s, host, says.life(), nowNs) < Suspicion.suspectNs(s, host);
        if (beat.isEmpty() || !fresh) {
            return Optional.of(new Held(
                    "silent-host-may-have-it", "no beat of the new life of " + host + " is seen advancing here"));
        }
        return listed(asked.vm(), host, beat.get());
    }

    /** The same for a start that a host claims for itself: nobody but this host may have it, {@code ground} apart. */
    static Optional<Held> heldElsewhere(AgentState s, VmId vm, Optional<HostId> ground) {
        return s.record().orElseThrow().members().stream()
                .filter(host -> !host.equals(s.self()) && !ground.equals(Optional.of(host)))
                .flatMap(host -> heldAt(s, vm, host).stream())
                .findFirst();
    }

    /**
     * Whether the host that shall hand over a VM is one that does: seen advancing now, and with the VM in its list. A
     * record that names it may be older than that.
     */
    static Optional<Held> notRunningAt(AgentState s, Permit held, long nowNs) {
        HostId host = held.destination();
        if (s.suspectedNs.containsKey(host)) {
            return Optional.of(new Held("source-unfit", "host " + host + " is silent on both planes"));
        }
        Optional<Beat> beat = newestBeat(s, host)
                .filter(seen ->
                        seen.phase() == HostPhase.JOINED && seen.incarnation().equals(held.destinationIncarnation()));
        boolean fresh =
                Suspicion.storageAge(s, host, held.destinationIncarnation(), nowNs) < Suspicion.suspectNs(s, host);
        if (beat.isEmpty() || !fresh) {
            return Optional.of(new Held("source-unfit", "no beat of host " + host + " is seen advancing here"));
        }
        return beat.get().vms().names(held.vm())
                ? Optional.empty()
                : Optional.of(new Held("source-unseen", "host " + host + " does not list it in its newest beat"));
    }

    private static Optional<Held> heldAt(AgentState s, VmId vm, HostId host) {
        CellRecord record = s.record().orElseThrow();
        HostEntry entry = record.hosts().get(host);
        Optional<Beat> beat = newestBeat(s, host);
        if (entry == null) {
            return Optional.empty(); // it never joined: nothing was ever let start there
        }
        if (beat.isEmpty()) {
            return Optional.of(new Held("silent-host-may-have-it", "no beat of host " + host + " was seen"));
        }
        boolean over = record.standingClaimOn(host, beat.get().incarnation())
                        .filter(claim -> claim.isProven() && record.speaksOf(claim, vm))
                        .isPresent()
                || entry.incarnation().isRebornFrom(beat.get().incarnation());
        return over ? Optional.empty() : listed(vm, host, beat.get());
    }

    private static Optional<Held> listed(VmId vm, HostId host, Beat beat) {
        if (beat.vms().names(vm)) {
            return Optional.of(new Held("vm-seen-elsewhere", "host " + host + " lists it in its newest beat"));
        }
        return beat.vms().complete()
                ? Optional.empty()
                : Optional.of(new Held(
                        "silent-host-may-have-it",
                        "host " + host + " could not list all its VMs; a cut list means any VM"));
    }

    private static Optional<Held> heldHere(AgentState s, VmId vm) {
        if (s.lists(vm)) {
            return Optional.of(new Held("vm-seen-elsewhere", "host " + s.self() + " lists it"));
        }
        return s.vmsComplete
                ? Optional.empty()
                : Optional.of(new Held("silent-host-may-have-it", "host " + s.self() + " could not list its VMs"));
    }

    /** The newest beat of a host on any lane. */
    static Optional<Beat> newestBeat(AgentState s, HostId host) {
        Optional<Beat> newest = Optional.empty();
        for (Lane lane : s.lanes.values()) {
            Sighting sighting = lane.sighting(host);
            if (sighting != null && (newest.isEmpty() || sighting.latest().isNewerThan(newest.get()))) {
                newest = Optional.of(sighting.latest());
            }
        }
        return newest;
    }
}
