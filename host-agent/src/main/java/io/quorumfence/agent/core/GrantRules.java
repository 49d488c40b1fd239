package io.quorumfence.agent.core;

import io.quorumfence.model.Beat;
import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Rung;
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

    static void asked(AgentState s, GrantAsked asked, long nowNs, Out out) {
        Optional<ReplyCommand.ReplyRefused> no = refuse(s, asked, nowNs);
        if (no.isPresent()) {
            out.event(new JournalEvent.RequestRefused(
                    "permit for " + asked.vm(), no.get().code(), no.get().detail()));
            out.command(no.get());
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

    private static Optional<ReplyCommand.ReplyRefused> refuse(AgentState s, GrantAsked asked, long nowNs) {
        if (!s.leaseLives(nowNs) || !s.recordRead || s.record().isEmpty()) {
            return refusal(asked, "agent-unfit", "host " + s.self() + " holds no live lease", true);
        }
        CellRecord record = s.record().get();
        for (HostId host : record.members()) {
            if (!host.equals(asked.lastHost())) {
                Optional<ReplyCommand.ReplyRefused> held = heldAt(s, asked, host, record);
                if (held.isPresent()) {
                    return held;
                }
            }
        }
        return rebornHoldsIt(s, asked);
    }

    /** A boot ends a VM, and a beat of the new life has to say that it did not come back. */
    private static Optional<ReplyCommand.ReplyRefused> rebornHoldsIt(AgentState s, GrantAsked asked) {
        if (!(asked.basis() instanceof PermitBasis.HostSays says) || says.rung() != Rung.REBORN) {
            return Optional.empty();
        }
        HostId host = asked.lastHost();
        if (host.equals(s.self())) {
            return heldHere(s, asked);
        }
        Optional<Beat> beat = newestBeat(s, host)
                .filter(seen ->
                        seen.phase() == HostPhase.JOINED && seen.incarnation().equals(says.life()));
        if (beat.isEmpty()) {
            return refusal(asked, "silent-host-may-have-it", "no beat of the new life of " + host + " yet", true);
        }
        return listed(asked, host, beat.get());
    }

    private static Optional<ReplyCommand.ReplyRefused> heldAt(
            AgentState s, GrantAsked asked, HostId host, CellRecord record) {
        if (host.equals(s.self())) {
            return heldHere(s, asked);
        }
        Optional<Beat> beat = newestBeat(s, host);
        if (record.hosts().get(host) == null || beat.isEmpty()) {
            // Never joined in this record, or joined and never seen here: only the former is known to hold nothing.
            return record.hosts().get(host) == null
                    ? Optional.empty()
                    : refusal(asked, "silent-host-may-have-it", "no beat of host " + host + " was seen", true);
        }
        boolean over = record.standingClaimOn(host, beat.get().incarnation())
                        .filter(claim -> claim.isProven())
                        .isPresent()
                || record.hosts()
                        .get(host)
                        .incarnation()
                        .isRebornFrom(beat.get().incarnation());
        if (over) {
            return Optional.empty();
        }
        return listed(asked, host, beat.get());
    }

    private static Optional<ReplyCommand.ReplyRefused> listed(GrantAsked asked, HostId host, Beat beat) {
        if (beat.vms().names(asked.vm())) {
            return refusal(asked, "vm-seen-elsewhere", "host " + host + " lists it in its newest beat", true);
        }
        return beat.vms().complete()
                ? Optional.empty()
                : refusal(
                        asked,
                        "silent-host-may-have-it",
                        "host " + host + " could not list all its VMs; a cut list means any VM",
                        true);
    }

    private static Optional<ReplyCommand.ReplyRefused> heldHere(AgentState s, GrantAsked asked) {
        if (s.lists(asked.vm())) {
            return refusal(asked, "vm-seen-elsewhere", "host " + s.self() + " lists it", true);
        }
        return s.vmsComplete
                ? Optional.empty()
                : refusal(asked, "silent-host-may-have-it", "host " + s.self() + " could not list its VMs", true);
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

    private static Optional<ReplyCommand.ReplyRefused> refusal(
            GrantAsked asked, String code, String detail, boolean retryable) {
        return Optional.of(new ReplyCommand.ReplyRefused(asked.reply(), code, detail, retryable));
    }
}
