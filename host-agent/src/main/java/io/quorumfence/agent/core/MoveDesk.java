package io.quorumfence.agent.core;

import io.quorumfence.agent.core.PermitWork.StartWait;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.record.RecordChange;
import java.util.List;
import java.util.Optional;

/**
 * Takes in VMs that migrate (rule 13, decision 0053), in two questions of the hook: as the migration begins the record
 * gets a reservation, so that the VM may be on either host; before its process begins a claim takes that one's place.
 */
final class MoveDesk {
    /** So long libvirt may take from the one question to the other; then nothing comes of it any more. */
    static final long RESERVED_NS = 30_000 * Timing.MILLI;

    private MoveDesk() {}

    /** A start whose definition tells of a reservation that is over is a start like any other. */
    static boolean isMove(AgentState s, StartWait wait, List<Permit> own) {
        return wait.way().incoming() || reservation(s, wait, own).isPresent();
    }

    private static Optional<Permit> reservation(AgentState s, StartWait wait, List<Permit> own) {
        return own.stream()
                .filter(permit -> permit.id() == wait.way().reservation()
                        && permit.isMove()
                        && permit.isHeldBy(s.self(), s.requireLife()))
                .findFirst();
    }

    static void decide(AgentState s, StartWait wait, List<Permit> own, long nowNs, Out out) {
        Optional<Permit> reserved = reservation(s, wait, own);
        if (reserved.isEmpty() && !own.isEmpty()) {
            String detail = "permit " + own.get(0).id() + " for host " + s.self() + " has not ended yet; try again";
            HookDesk.refuse(s, wait, "migration-under-way", detail, out);
            return;
        }
        List<Permit> held = s.permitsInRecord().stream()
                .filter(permit -> permit.isOpen()
                        && permit.vm().equals(wait.vm())
                        && !permit.destination().equals(s.self()))
                .toList();
        if (held.isEmpty()) {
            String detail =
                    "no host is known to hold a claim of this VM; the host that runs it takes one as soon as it can";
            HookDesk.refuse(s, wait, "no-source", detail, out);
            return;
        }
        // If there is another one, the record refuses.
        HostId from = held.get(0).destination();
        Optional<GrantRules.Held> no = GrantRules.notRunningAt(s, held.get(0), nowNs)
                .or(() -> GrantRules.heldElsewhere(s, wait.vm(), Optional.of(from)));
        if (no.isPresent()) {
            HookDesk.refuse(s, wait, no.get().code(), no.get().detail(), out);
            return;
        }
        submit(s, wait, reserved, from, nowNs);
    }

    private static void submit(AgentState s, StartWait wait, Optional<Permit> reserved, HostId from, long nowNs) {
        s.permits.starts.put(wait.reply(), wait.asDeciding());
        String claim = HookDesk.claimOf(s, wait);
        VmId vm = wait.vm();
        RecordChange change = reserved.isPresent()
                ? new RecordChange.TakeMoved(reserved.get().id(), claim, vm, s.self(), s.requireLife())
                : new RecordChange.ReserveMove(claim, vm, from, s.self(), s.requireLife());
        // Nobody has begun anything under what it replaces, so an answer that comes too late ends it in either case.
        RecordDesk.submit(s, change, new Pending.StartWanted(wait.reply(), vm, claim, true), nowNs);
    }

    static void admit(AgentState s, StartWait wait, Permit reserved, long spentBelow, Out out) {
        out.event(new JournalEvent.StartAdmitted(wait.vm(), reserved.id(), "migration"));
        out.command(new ReplyCommand.ReplyAdmitted(wait.reply(), wait.vm(), reserved.id(), spentBelow));
    }

    /**
     * A reservation that nobody came back for. No process ever begins under it: what would begin one is decided in the
     * record in its place, and one of the two comes first there. That holds for what an earlier process let begin, too.
     */
    static void expire(AgentState s, long nowNs) {
        if (s.permits.moves.isEmpty() && s.ownPermits().stream().noneMatch(Permit::isMove)) {
            return;
        }
        List<Permit> open = s.ownPermits().stream()
                .filter(permit -> permit.isMove() && permit.stage() == PermitStage.REDEEMED)
                .toList();
        s.permits.moves.keySet().retainAll(open.stream().map(Permit::id).toList());
        for (Permit permit : open) {
            boolean asked = s.permits.starts.values().stream()
                    .anyMatch(
                            wait -> wait.vm().equals(permit.vm()) && !wait.way().equals(StartWait.Way.START));
            long sinceNs = s.permits.moves.computeIfAbsent(permit.id(), id -> nowNs);
            boolean over = !asked && nowNs - sinceNs > RESERVED_NS;
            if (over && s.leaseLives(nowNs) && s.permits.ending.add(permit.id())) {
                RecordDesk.submit(
                        s, new RecordChange.EndPermit(permit.id(), true), new Pending.OwnEndWanted(permit.id()), nowNs);
            }
        }
    }
}
