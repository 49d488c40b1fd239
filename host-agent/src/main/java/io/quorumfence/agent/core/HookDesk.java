package io.quorumfence.agent.core;

import io.quorumfence.agent.core.PermitWork.StartWait;
import io.quorumfence.agent.core.PermitWork.StartWait.Way;
import io.quorumfence.config.HookMode;
import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import io.quorumfence.model.VmSeen;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.model.observation.LocalObservation;
import io.quorumfence.model.observation.RequestObservation.ArrivalAsked;
import io.quorumfence.model.observation.RequestObservation.StartAsked;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.RegisterOutcome;
import java.util.List;
import java.util.Optional;

/**
 * Answers libvirt's hook: may this VM start here, now? Yes only when this host is armed and the record shows a claim
 * of this life on the VM that was taken for this very start (decision 0052). Everything else is no, and a no changes
 * nothing.
 */
final class HookDesk {
    /** A VM that runs here and could not be claimed is tried again. */
    private static final long CLAIM_AGAIN_NS = 10_000 * Timing.MILLI;
    /** So many running VMs are claimed at a time, or a host full of them would hold up what others decide. */
    private static final int CLAIMS_AT_ONCE = 16;

    private static final long GLASS_TOLD_NS = 3_600_000 * Timing.MILLI;

    private HookDesk() {}

    static void asked(AgentState s, StartAsked asked, Out out) {
        Way way = asked.incoming() ? Way.MIGRATION : Way.START;
        asked(s, new StartWait(asked.reply(), asked.vm(), asked.askedNs(), way), asked.remains(), out);
    }

    static void arrivalAsked(AgentState s, ArrivalAsked asked, Out out) {
        Way way = new Way(false, asked.reservation());
        asked(s, new StartWait(asked.reply(), asked.vm(), asked.askedNs(), way), asked.remains(), out);
    }

    private static void asked(AgentState s, StartWait wait, long remains, Out out) {
        if (s.config.hook().mode() == HookMode.OFF) {
            refuse(s, wait, "hook-off", "this agent's hook.mode is off", out);
        } else if (remains != 0) {
            String detail = "process " + remains + " is a qemu of this VM, or of one that it does not name";
            refuse(s, wait, "process-remains", detail, out);
        } else {
            s.permits.starts.put(wait.reply(), wait);
        }
    }

    static void progress(AgentState s, long nowNs, Out out) {
        for (StartWait wait : List.copyOf(s.permits.starts.values())) {
            judge(s, wait, nowNs, out);
        }
        if (!s.permits.early.isEmpty() && s.life != null && s.record().isPresent()) {
            List<LocalObservation.VmReleased> early = List.copyOf(s.permits.early.values());
            s.permits.early.clear();
            early.forEach(released -> released(s, released, out));
        }
        MoveDesk.expire(s, nowNs);
        s.permits.glass.values().removeIf(glass -> nowNs > glass.untilNs());
        if (s.config.hook().isAsked()) {
            claimRunning(s, nowNs);
        }
    }

    private static void judge(AgentState s, StartWait wait, long nowNs, Out out) {
        if (wait.decided().isPresent()) {
            String no = finish(s, wait, wait.decided().get(), nowNs, out);
            if (!no.isEmpty()) {
                refuse(s, wait, no, "the claim is given back; try again", out);
                giveBack(s, wait.decided().get(), nowNs);
            }
            return;
        }
        boolean late = nowNs - wait.askedNs() > s.config.hook().answerNs();
        if (s.phase == HostPhase.LATCHED) {
            refuse(s, wait, "agent-unfit", "this life of host " + s.self() + " is latched", out);
            return;
        }
        Optional<String> quarantine = Quarantine.holds(s);
        if (quarantine.isPresent()) {
            String detail = "host " + s.self() + " waits for an operator's release: " + quarantine.get();
            refuse(s, wait, "quarantine", detail, out);
            return;
        }
        boolean fit = s.leaseLives(nowNs) && s.recordRead;
        // Of a VM that its host leaves alone the keeper promises nothing; its claim is taken all the same.
        boolean armed = s.arming.state == Arming.State.ARMED || !s.canArm() || s.spares(wait.vm());
        if (late) {
            String code = fit ? armed ? "no-answer-in-time" : "not-armed-in-time" : "agent-unfit";
            String detail = fit
                    ? armed ? "the record did not answer" : "the armed terms did not reach a majority"
                    : "host " + s.self() + " holds no live lease";
            refuse(s, wait, code, detail + " in time; try again", out);
        } else if (!wait.deciding() && fit && armed) {
            decide(s, wait, nowNs, out);
        }
    }

    /** Decided: yes once it is kept. Gives the code of a refusal, empty when there is none (yet). */
    private static String finish(AgentState s, StartWait wait, StartWait.Decided decided, long nowNs, Out out) {
        boolean fit = s.leaseLives(nowNs) && Quarantine.holds(s).isEmpty();
        if (!fit || isClaimed(s, s.record().orElseThrow())) {
            return "agent-unfit";
        }
        long id = decided.claim().id();
        boolean stands =
                s.record().orElseThrow().permit(id).filter(Permit::isOpen).isPresent();
        if (!stands || s.permits.ending.contains(id)) {
            return "permit-ended";
        }
        if (decided.lost()) {
            return "not-stored";
        }
        if (nowNs - wait.askedNs() > s.config.hook().answerNs()) {
            return "no-answer-in-time";
        }
        if (decided.version() <= s.storedVersion) {
            admit(s, wait, decided.claim(), decided.spentBelow(), out);
        }
        return "";
    }

    /** Fit and armed: what this host holds of the VM decides what has to be written first. */
    private static void decide(AgentState s, StartWait wait, long nowNs, Out out) {
        if (!isFirst(s, wait)) {
            return; // one after the other; libvirt does not start a VM twice at a time, but a caller may ask twice
        }
        VmId vm = wait.vm();
        List<Permit> own = s.ownPermits().stream()
                .filter(permit -> permit.vm().equals(vm) && permit.isOpen())
                .toList();
        if (own.stream().anyMatch(permit -> s.permits.ending.contains(permit.id()))) {
            return; // its end is being decided; then it is claimed anew
        }
        CellRecord record = s.record().orElseThrow();
        if (isClaimed(s, record)) {
            refuse(s, wait, "boot-barrier", "a claim stands on host " + s.self(), out);
            return;
        }
        if (MoveDesk.isMove(s, wait, own)) {
            MoveDesk.decide(s, wait, own, nowNs, out);
            return;
        }
        Optional<Permit> granted = own.stream()
                .filter(permit -> permit.stage() == PermitStage.GRANTED
                        && permit.destinationIncarnation().equals(s.requireLife()))
                .findFirst();
        Optional<GrantRules.Held> held = granted.isPresent()
                ? GrantRules.heldSince(s, granted.get(), nowNs)
                : GrantRules.heldElsewhere(s, vm, ground(s, own));
        if (held.isPresent()) {
            refuse(s, wait, held.get().code(), held.get().detail(), out);
            return;
        }
        s.permits.starts.put(wait.reply(), wait.asDeciding());
        if (granted.isPresent()) {
            RecordDesk.submit(
                    s,
                    new RecordChange.RedeemPermit(granted.get().id(), vm, s.self(), s.requireLife()),
                    new Pending.StartWanted(wait.reply(), vm, granted.get().requestId(), false),
                    nowNs);
        } else {
            claim(s, wait, own.isEmpty(), nowNs);
        }
    }

    /** A redeemed permit is the right to this, not to the start: of each start its own claim tells. */
    private static void claim(AgentState s, StartWait wait, boolean first, long nowNs) {
        String claim = claimOf(s, wait);
        RecordDesk.submit(
                s,
                new RecordChange.TakeClaim(claim, wait.vm(), s.self(), s.requireLife()),
                new Pending.StartWanted(wait.reply(), wait.vm(), claim, first),
                nowNs);
    }

    static String claimOf(AgentState s, StartWait wait) {
        String kind = wait.way().incoming() ? Permit.MOVE_CLAIM : Permit.START_CLAIM;
        return kind + s.requireLife().counter() + "-" + wait.askedNs();
    }

    /** The host whose word or proof a permit rests on: its newest beat may be older, as at the redemption. */
    private static Optional<HostId> ground(AgentState s, List<Permit> own) {
        return own.stream()
                .filter(permit -> permit.isHeldBy(s.self(), s.requireLife()) && !permit.isClaim())
                .map(Permit::lastHost)
                .findFirst();
    }

    private static boolean isFirst(AgentState s, StartWait wait) {
        for (StartWait other : s.permits.starts.values()) {
            if (other.vm().equals(wait.vm())) {
                return other.reply().equals(wait.reply());
            }
        }
        return false;
    }

    static void decided(AgentState s, Pending.StartWanted wanted, CellRecord record, long nowNs) {
        StartWait wait = s.permits.starts.get(wanted.reply());
        record.permits().stream()
                .filter(permit ->
                        permit.requestId().equals(wanted.claim()) && permit.vm().equals(wanted.vm()))
                .filter(permit -> s.life != null && permit.isHeldBy(s.self(), s.life))
                .findFirst()
                .ifPresent(claim -> {
                    if (wait != null && !wanted.claim().equals(claimOf(s, wait))) {
                        claim(s, wait, false, nowNs);
                        return;
                    }
                    StartWait.Decided decided =
                            new StartWait.Decided(claim, wanted.first(), record.version(), record.nextNumber(), false);
                    if (wait == null) {
                        giveBack(s, decided, nowNs);
                    } else {
                        s.permits.starts.put(wait.reply(), wait.as(decided));
                    }
                });
    }

    /** A successor that knew of no claim would take a start that hangs for none, and lift the keeper's expiry. */
    static void recordStored(AgentState s, EffectObservation.RecordStored stored) {
        if (stored.ok()) {
            return;
        }
        for (StartWait wait : List.copyOf(s.permits.starts.values())) {
            wait.decided()
                    .filter(it -> it.version() > s.storedVersion)
                    .ifPresent(it -> s.permits.starts.put(
                            wait.reply(),
                            wait.as(new StartWait.Decided(
                                    it.claim(), it.first(), it.version(), it.spentBelow(), true))));
        }
    }

    /** Nobody was told yes under it, so there is nothing it could stand for; a permit may still be used. */
    private static void giveBack(AgentState s, StartWait.Decided decided, long nowNs) {
        Permit late = decided.claim();
        boolean claim = late.isClaim() && decided.first();
        if (claim && s.permits.ending.add(late.id())) {
            RecordDesk.submit(
                    s, new RecordChange.EndPermit(late.id(), true), new Pending.OwnEndWanted(late.id()), nowNs);
        }
    }

    private static boolean isClaimed(AgentState s, CellRecord record) {
        return s.life == null || record.standingClaimOn(s.self(), s.life).isPresent() || record.isBarred(s.self());
    }

    private static void admit(AgentState s, StartWait wait, Permit claim, long spentBelow, Out out) {
        s.permits.starts.remove(wait.reply());
        if (wait.way().incoming()) {
            MoveDesk.admit(s, wait, claim, spentBelow, out);
            return;
        }
        s.permits.seenRunning.remove(claim.id());
        long question = s.nextId();
        s.permits.sightsFrom.put(claim.id(), question);
        s.permits.admittedNs.put(wait.vm(), wait.askedNs());
        PermitDesk.lift(s, wait.vm(), out);
        out.event(new JournalEvent.StartAdmitted(wait.vm(), claim.id(), "claim"));
        out.command(new ReplyCommand.ReplyAdmitted(wait.reply(), wait.vm(), claim.id(), spentBelow));
        out.command(new LocalCommand.ListVms(question));
    }

    static void refused(AgentState s, Pending.StartWanted wanted, RegisterOutcome.Refused refused, Out out) {
        StartWait wait = s.permits.starts.get(wanted.reply());
        if (wait != null) {
            refuse(s, wait, refused.code(), refused.detail(), out);
        }
    }

    /** Before the list is judged: whether a sight of a VM whose start was allowed counts from now on. */
    static void listed(AgentState s, LocalObservation.VmsListed listed, Out out) {
        if (s.permits.sightsFrom.isEmpty()) {
            return;
        }
        List<Permit> own = s.ownPermits();
        s.permits.sightsFrom.keySet().retainAll(own.stream().map(Permit::id).toList());
        if (listed.complete()) {
            s.permits.sightsFrom.values().removeIf(question -> question <= listed.question());
        }
        if (listed.question() == 0) {
            // The answer may have been an incomplete one.
            s.permits.sightsFrom.values().stream()
                    .max(Long::compare)
                    .ifPresent(question -> out.command(new LocalCommand.ListVms(question)));
        }
    }

    /**
     * Libvirt says that nothing of the VM is left here. A claim whose start was allowed before that counts as seen: the
     * next complete list without the VM ends it. One that was allowed since is another start's.
     */
    static void released(AgentState s, LocalObservation.VmReleased released, Out out) {
        if (s.life == null || s.record().isEmpty()) {
            s.permits.early.put(released.vm(), released); // an agent that has just begun; read again when it knows
            return;
        }
        if (s.permits.admittedNs.getOrDefault(released.vm(), Long.MIN_VALUE) >= released.saidNs()) {
            return;
        }
        for (Permit permit : PermitDesk.ownRedeemed(s)) {
            // A gate's permit was not the claim of any start that this hook allowed.
            boolean used = permit.vm().equals(released.vm())
                    && permit.isHeldBy(s.self(), s.requireLife())
                    && permit.isClaim()
                    && takenNs(permit) < released.saidNs();
            if (used) {
                s.permits.sightsFrom.remove(permit.id());
                s.permits.seenRunning.add(permit.id());
                out.command(new LocalCommand.ListVms(s.nextId()));
            }
        }
    }

    /** When a claim was asked for, by its name: what an earlier agent allowed since is not ended by an older word. */
    private static long takenNs(Permit claim) {
        String tail = claim.requestId().substring(claim.requestId().lastIndexOf('-') + 1);
        return tail.matches("\\d{1,18}") ? Long.parseLong(tail) : Long.MAX_VALUE;
    }

    /** What runs here already is nobody else's: it is claimed as soon as it can be, and left alone whatever comes. */
    private static void claimRunning(AgentState s, long nowNs) {
        if (s.vms.isEmpty() || !s.leaseLives(nowNs) || !s.recordRead) {
            return;
        }
        for (VmSeen seen : s.vms) {
            VmId vm = seen.vm();
            if (seen.pid() == 0) {
                continue; // a start of which libvirt knows, or an end: it is no VM that was seen to run
            }
            PermitWork.ClaimRefused before = s.permits.refusedClaims.get(vm);
            boolean due = before == null || nowNs >= before.againNs();
            if (s.permits.claiming.size() < CLAIMS_AT_ONCE && due && isUnclaimed(s, vm) && s.permits.claiming.add(vm)) {
                String claim = Permit.RUN_CLAIM + s.requireLife().counter() + "-" + nowNs;
                RecordDesk.submit(
                        s,
                        new RecordChange.TakeClaim(claim, vm, s.self(), s.requireLife()),
                        new Pending.RunWanted(vm, claim),
                        nowNs);
            }
        }
        s.permits.refusedClaims.keySet().removeIf(vm -> !s.lists(vm));
    }

    private static boolean isUnclaimed(AgentState s, VmId vm) {
        boolean asked =
                s.permits.starts.values().stream().anyMatch(wait -> wait.vm().equals(vm));
        return !asked
                && s.ownPermits().stream()
                        .noneMatch(permit -> permit.vm().equals(vm) && permit.isHeldBy(s.self(), s.requireLife()));
    }

    static void runningClaimed(AgentState s, Pending.RunWanted wanted, CellRecord record, Out out) {
        s.permits.claiming.remove(wanted.vm());
        s.permits.refusedClaims.remove(wanted.vm());
        record.permits().stream()
                .filter(permit ->
                        permit.requestId().equals(wanted.claim()) && permit.vm().equals(wanted.vm()))
                .findFirst()
                .ifPresent(permit -> {
                    // It was seen before it was claimed: the first complete list without it ends the claim.
                    s.permits.seenRunning.add(permit.id());
                    out.event(new JournalEvent.RunningClaimed(wanted.vm(), permit.id()));
                });
    }

    static void runningRefused(AgentState s, Pending.RunWanted wanted, RegisterOutcome.Refused refused, long nowNs) {
        s.permits.claiming.remove(wanted.vm());
        s.permits.refusedClaims.put(
                wanted.vm(), new PermitWork.ClaimRefused(nowNs + CLAIM_AGAIN_NS, refused.code(), refused.detail()));
    }

    static void glassBroken(AgentState s, LocalObservation.GlassBroken broken, long nowNs, Out out) {
        s.permits.glass.put(broken.vm(), new PermitWork.Glass(broken.what(), nowNs + GLASS_TOLD_NS));
        out.event(new JournalEvent.StartForced(broken.vm(), broken.what()));
    }

    static void refuse(AgentState s, StartWait wait, String code, String detail, Out out) {
        s.permits.starts.remove(wait.reply());
        out.event(new JournalEvent.StartRefused(wait.vm(), code, detail));
        out.command(new ReplyCommand.ReplyRefused(wait.reply(), code, detail, true));
    }
}
