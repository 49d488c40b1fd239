package io.quorumfence.agent.core;

import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.command.ReplyCommand.Absence;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation.BarrierStored;
import io.quorumfence.model.observation.EffectObservation.RecordStored;
import io.quorumfence.model.observation.LocalObservation.VmsListed;
import io.quorumfence.model.observation.RequestObservation.AbsenceAsked;
import io.quorumfence.model.observation.RequestObservation.EndAsked;
import io.quorumfence.model.observation.RequestObservation.RedeemAsked;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.RegisterOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Host-says, redemption and the end of permits on this host. */
final class PermitDesk {
    static final long REDEEM_WAIT_NS = 6_000 * Timing.MILLI;
    static final long ABSENCE_WAIT_NS = 3_000 * Timing.MILLI;

    private PermitDesk() {}

    /** Rule 10: the barrier first, then the list; what starts after the barrier needs a new permit. */
    static void absenceAsked(AgentState s, AbsenceAsked asked, long nowNs, Out out) {
        if (!s.isJoined() || !s.recordRead) {
            refuse(asked.reply(), "agent-unfit", "host " + s.self() + " has not joined", true, out);
            return;
        }
        s.permits.absences.put(asked.reply(), new PermitWork.AbsenceWait(asked.reply(), asked.vm(), nowNs, 0));
        out.command(new LocalCommand.StoreBarrier(asked.vm()));
    }

    static void barrierStored(AgentState s, BarrierStored stored, long nowNs, Out out) {
        if (stored.ok()) {
            s.permits.barriers.add(stored.vm());
        }
        for (PermitWork.AbsenceWait wait : List.copyOf(s.permits.absences.values())) {
            if (!wait.vm().equals(stored.vm()) || wait.question() != 0) {
                continue;
            }
            if (stored.ok()) {
                long question = s.nextId();
                s.permits.absences.put(
                        wait.reply(), new PermitWork.AbsenceWait(wait.reply(), wait.vm(), nowNs, question));
                out.command(new LocalCommand.ListVms(question));
            } else {
                s.permits.absences.remove(wait.reply());
                refuse(wait.reply(), "barrier-failed", "the start barrier could not be stored", true, out);
            }
        }
    }

    static void listed(AgentState s, VmsListed listed, long nowNs, Out out) {
        for (PermitWork.AbsenceWait wait : List.copyOf(s.permits.absences.values())) {
            if (wait.question() != 0 && wait.question() == listed.question()) {
                s.permits.absences.remove(wait.reply());
                say(s, wait, listed, out);
            }
        }
        ownPermits(s, listed, nowNs, out);
    }

    private static void say(AgentState s, PermitWork.AbsenceWait wait, VmsListed listed, Out out) {
        boolean present = listed.vms().stream().anyMatch(seen -> seen.vm().equals(wait.vm()));
        Optional<Permit> redeemed = ownRedeemed(s).stream()
                .filter(permit -> permit.vm().equals(wait.vm()))
                .findFirst();
        Absence answer;
        String detail;
        if (present) {
            answer = Absence.PRESENT;
            detail = "listed as running here";
        } else if (!listed.complete()) {
            answer = Absence.UNKNOWN;
            detail = "the list of VMs could not be read in full";
        } else if (listed.inFlight()) {
            answer = Absence.UNKNOWN;
            detail = "a start or an incoming migration is in flight";
        } else if (s.permits.starts.values().stream()
                .anyMatch(start -> start.vm().equals(wait.vm()))) {
            answer = Absence.UNKNOWN;
            detail = "its start is being asked for here";
        } else if (redeemed.isPresent()) {
            answer = Absence.UNKNOWN;
            detail = "permit " + redeemed.get().id() + " was redeemed here, and its end is not decided yet";
        } else {
            answer = Absence.ABSENT;
            detail = "not here; it starts here only with a new permit";
        }
        out.event(new JournalEvent.HostSaid(wait.vm(), answer.name(), detail));
        out.command(new ReplyCommand.ReplyAbsence(wait.reply(), wait.vm(), s.self(), s.requireLife(), answer, detail));
    }

    /** A redeemed permit ends when its VM was seen here and is gone from a complete list, behind the barrier. */
    private static void ownPermits(AgentState s, VmsListed listed, long nowNs, Out out) {
        for (Permit permit : ownRedeemed(s)) {
            boolean here = s.lists(permit.vm());
            if (s.permits.sightsFrom.containsKey(permit.id())) {
                continue;
            }
            if (here) {
                s.permits.seenRunning.add(permit.id());
            } else if (s.isJoined()
                    && s.permits.seenRunning.contains(permit.id())
                    && listed.complete()
                    && !listed.inFlight()
                    && s.permits.ending.add(permit.id())) {
                out.command(new LocalCommand.StoreBarrier(permit.vm()));
                RecordDesk.submit(
                        s, new RecordChange.EndPermit(permit.id(), true), new Pending.OwnEndWanted(permit.id()), nowNs);
            }
        }
    }

    static List<Permit> ownRedeemed(AgentState s) {
        return ownAt(s, PermitStage.REDEEMED);
    }

    private static List<Permit> ownAt(AgentState s, PermitStage stage) {
        List<Permit> found = List.of();
        for (Permit permit : s.ownPermits()) {
            if (permit.stage() == stage) {
                found = found.isEmpty() ? new ArrayList<>() : found;
                found.add(permit);
            }
        }
        return found;
    }

    static void redeemAsked(AgentState s, RedeemAsked asked, long nowNs, Out out) {
        if (!s.leaseLives(nowNs) || !s.recordRead) {
            refuse(asked.reply(), "agent-unfit", "host " + s.self() + " holds no live lease", true, out);
            return;
        }
        if (s.permits.ending.contains(asked.permit())) {
            refuse(asked.reply(), "permit-ended", "permit " + asked.permit() + " is being ended", false, out);
            return;
        }
        Optional<String> quarantine = Quarantine.holds(s);
        if (quarantine.isPresent()) {
            refuse(
                    asked.reply(),
                    "quarantine",
                    "host " + s.self() + " waits for an operator's release: " + quarantine.get(),
                    true,
                    out);
            return;
        }
        s.permits.redeems.put(
                asked.reply(), new PermitWork.RedeemWait(asked.reply(), asked.vm(), asked.permit(), nowNs, false, 0));
    }

    static void progress(AgentState s, long nowNs, Out out) {
        PromiseRules.progress(s, nowNs, out);
        expire(s, nowNs);
        if (s.permits.absences.isEmpty() && s.permits.redeems.isEmpty()) {
            return;
        }
        for (PermitWork.AbsenceWait wait : List.copyOf(s.permits.absences.values())) {
            if (nowNs - wait.sinceNs() > ABSENCE_WAIT_NS) {
                s.permits.absences.remove(wait.reply());
                refuse(wait.reply(), "no-answer-in-time", "the host could not list its VMs in time", true, out);
            }
        }
        for (PermitWork.RedeemWait wait : List.copyOf(s.permits.redeems.values())) {
            redeem(s, wait, nowNs, out);
        }
    }

    /** Rule 12 as mended by decision 0005: a protected VM starts only armed, with the armed terms on a majority. */
    private static void redeem(AgentState s, PermitWork.RedeemWait wait, long nowNs, Out out) {
        if (!s.isJoined()) {
            s.permits.redeems.remove(wait.reply());
            refuse(wait.reply(), "agent-unfit", "host " + s.self() + " lost its lease", true, out);
        } else if (nowNs - wait.sinceNs() > REDEEM_WAIT_NS) {
            s.permits.redeems.remove(wait.reply());
            String why = s.arming.state == Arming.State.ARMED
                    ? wait.storing() > 0 ? "tmpfs did not answer" : "the record did not answer"
                    : "the armed terms reached neither a storage majority nor a host majority";
            refuse(wait.reply(), "not-armed-in-time", why, true, out);
        } else if (!wait.deciding() && (s.arming.state == Arming.State.ARMED || !s.canArm())) {
            Optional<GrantRules.Held> held = s.record()
                    .flatMap(record -> record.permit(wait.permit()))
                    .flatMap(permit -> GrantRules.heldSince(s, permit, nowNs));
            if (held.isPresent()) {
                s.permits.redeems.remove(wait.reply());
                refuse(wait.reply(), held.get().code(), held.get().detail(), true, out);
                return;
            }
            s.permits.redeems.put(wait.reply(), wait.asDeciding());
            RecordDesk.submit(
                    s,
                    new RecordChange.RedeemPermit(wait.permit(), wait.vm(), s.self(), s.requireLife()),
                    new Pending.RedeemWanted(wait.reply(), wait.permit()),
                    nowNs);
        }
    }

    /** A permit that nobody came to use ends on its destination's clock; a redemption meanwhile wins in the record. */
    private static void expire(AgentState s, long nowNs) {
        List<Permit> granted = ownAt(s, PermitStage.GRANTED);
        if (granted.isEmpty()) {
            s.permits.grantedNs.clear();
            return;
        }
        s.permits.grantedNs.keySet().retainAll(granted.stream().map(Permit::id).toList());
        for (Permit permit : granted) {
            long since = s.permits.grantedNs.computeIfAbsent(permit.id(), id -> nowNs);
            boolean over = nowNs - since > permit.ttlMs() * Timing.MILLI;
            if (over && s.leaseLives(nowNs) && s.permits.ending.add(permit.id())) {
                RecordDesk.submit(
                        s,
                        new RecordChange.EndPermit(permit.id(), false),
                        new Pending.OwnEndWanted(permit.id()),
                        nowNs);
            }
        }
    }

    /** Its caller gives a permit back. A redeemed one ends when a fresh and complete list shows the VM gone. */
    static void endAsked(AgentState s, EndAsked asked, long nowNs, Out out) {
        Optional<Permit> redeemed = ownRedeemed(s).stream()
                .filter(permit -> permit.id() == asked.permit())
                .findFirst();
        if (redeemed.isPresent()) {
            s.permits.seenRunning.add(asked.permit());
            out.command(new LocalCommand.ListVms(s.nextId()));
            refuse(
                    asked.reply(),
                    "permit-redeemed",
                    "permit " + asked.permit() + " was redeemed; it ends as soon as a complete list shows VM "
                            + redeemed.get().vm() + " gone",
                    true,
                    out);
            return;
        }
        RecordDesk.submit(
                s,
                new RecordChange.EndPermit(asked.permit(), false),
                new Pending.EndWanted(asked.reply(), asked.permit()),
                nowNs);
    }

    static void decided(AgentState s, Pending why, CellRecord record, Out out) {
        if (why instanceof Pending.GrantWanted wanted) {
            Optional<Permit> permit = record.permits().stream()
                    .filter(p -> p.requestId().equals(wanted.requestId()) && p.vm().equals(wanted.vm()) && p.isOpen())
                    .findFirst();
            answer(wanted.reply(), permit, out);
        } else if (why instanceof Pending.RedeemWanted wanted) {
            // A VM that was seen under this permit before is no sign of the start that follows now.
            s.permits.seenRunning.remove(wanted.permit());
            PermitWork.RedeemWait wait = s.permits.redeems.get(wanted.reply());
            if (wait != null) {
                s.permits.redeems.put(wanted.reply(), wait.asStoring(record.version()));
                answerStored(s, out);
            }
        } else if (why instanceof Pending.EndWanted wanted) {
            answer(wanted.reply(), record.permit(wanted.permit()), out);
        } else if (why instanceof Pending.OwnEndWanted wanted) {
            s.permits.ending.remove(wanted.permit());
            s.permits.seenRunning.remove(wanted.permit());
        }
    }

    static void recordStored(AgentState s, RecordStored stored, Out out) {
        HookDesk.recordStored(s, stored);
        if (stored.ok()) {
            s.storedVersion = Math.max(s.storedVersion, stored.version());
            answerStored(s, out);
            return;
        }
        for (PermitWork.RedeemWait wait : List.copyOf(s.permits.redeems.values())) {
            if (wait.storing() > 0) {
                s.permits.redeems.remove(wait.reply());
                refuse(wait.reply(), "not-stored", "the redemption could not be kept on tmpfs", true, out);
            }
        }
    }

    /** A successor that knew of no redemption would take a start that hangs for none, and lift the keeper's expiry. */
    private static void answerStored(AgentState s, Out out) {
        for (PermitWork.RedeemWait wait : List.copyOf(s.permits.redeems.values())) {
            if (wait.storing() > 0 && wait.storing() <= s.storedVersion) {
                s.permits.redeems.remove(wait.reply());
                Optional<Permit> permit = s.record().flatMap(record -> record.permit(wait.permit()));
                permit.ifPresent(p -> lift(s, p.vm(), out));
                s.permits.unused.add(wait.permit());
                answer(wait.reply(), permit, out);
            }
        }
    }

    static void lift(AgentState s, VmId vm, Out out) {
        s.permits.barriers.remove(vm);
        out.command(new LocalCommand.LiftBarrier(vm));
    }

    private static void answer(ReplyId reply, Optional<Permit> permit, Out out) {
        if (permit.isPresent()) {
            out.event(new JournalEvent.PermitDecided(permit.get()));
            out.command(new ReplyCommand.ReplyPermit(reply, permit.get()));
        } else {
            refuse(reply, "permit-ended", "the permit is not in the record any more", false, out);
        }
    }

    static void refused(AgentState s, Pending why, RegisterOutcome.Refused refused, Out out) {
        ReplyId reply = null;
        if (why instanceof Pending.GrantWanted wanted) {
            reply = wanted.reply();
        } else if (why instanceof Pending.RedeemWanted wanted) {
            s.permits.redeems.remove(wanted.reply());
            reply = wanted.reply();
        } else if (why instanceof Pending.EndWanted wanted) {
            reply = wanted.reply();
        } else if (why instanceof Pending.OwnEndWanted wanted) {
            s.permits.ending.remove(wanted.permit());
        }
        if (reply != null) {
            refuse(reply, refused.code(), refused.detail(), false, out);
        }
    }

    private static void refuse(ReplyId reply, String code, String detail, boolean retryable, Out out) {
        out.event(new JournalEvent.RequestRefused("request", code, detail));
        out.command(new ReplyCommand.ReplyRefused(reply, code, detail, retryable));
    }
}
