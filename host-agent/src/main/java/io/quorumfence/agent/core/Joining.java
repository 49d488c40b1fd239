package io.quorumfence.agent.core;

import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.RegisterOutcome;

/**
 * How a life begins: read the record, take the next number, decide JOINED. A latched host joins anew only after its
 * protected VMs are verified gone; a rebooted one only T_flight after its boot (H8), which the lanes wait for.
 */
final class Joining {
    private Joining() {}

    static void progress(AgentState s, long nowNs, Out out) {
        Latch.retry(s, nowNs, out);
        Pill.report(s, out);
        if (s.joinAsked || !s.recordRead || s.record().isEmpty()) {
            return;
        }
        CellRecord record = s.record().get();
        boolean fresh = s.phase == HostPhase.JOINING;
        boolean cleared = Latch.isCleared(s) && Pill.hasTakenLeave(s);
        if ((fresh || cleared) && s.isOfThisCell(record) && PowerIntents.letJoin(s, record, nowNs)) {
            begin(s, record, nowNs, out);
        }
    }

    private static void begin(AgentState s, CellRecord record, long nowNs, Out out) {
        long known = record.host(s.self())
                .map(HostEntry::incarnation)
                .map(Incarnation::counter)
                .orElse(0L);
        long stored = s.facts.stored().map(Incarnation::counter).orElse(0L);
        long own = s.life == null ? 0 : s.life.counter();
        long counter = Math.max(Math.max(known, stored), Math.max(own, s.facts.latchedCounter())) + 1;
        s.life = new Incarnation(counter, s.facts.bootId());
        Quarantine.begins(s, record, out);
        s.phase = HostPhase.JOINING;
        s.joinAsked = true;
        s.arming.state = Arming.State.UNARMED;
        ReactionRules.latched(s, false);
        out.command(new LocalCommand.StoreIncarnation(s.life, false));
        out.event(new JournalEvent.AgentStarted(s.self(), s.life, false));
        RecordDesk.submit(s, new RecordChange.Join(s.self(), s.life), new Pending.JoinWanted(), nowNs);
    }

    static void joined(AgentState s, CellRecord record, long nowNs, Out out) {
        s.joinAsked = false;
        s.phase = HostPhase.JOINED;
        s.promises.intact = true;
        s.strangeBelow = record.nextNumber();
        s.lease.restart(nowNs);
        s.lanes.values().forEach(lane -> {
            lane.cleanStartNs = Timing.NEVER;
            lane.nextBeatNs = Timing.NEVER;
        });
        s.lease.nextRoundNs = Timing.NEVER;
        Incarnation life = s.requireLife();
        out.command(new LocalCommand.SetExpiry(life.counter(), LocalCommand.NO_EXPIRY, s.leaseEndNs()));
        out.command(new LocalCommand.StoreIncarnation(life, true));
        out.event(new JournalEvent.HostJoined(s.self(), life, record.version()));
        Quarantine.joined(s, record, out);
    }

    static void refused(AgentState s, RegisterOutcome.Refused refused, Out out) {
        s.joinAsked = false;
        s.life = null;
        out.event(new JournalEvent.RequestRefused("join", refused.code(), refused.detail()));
    }
}
