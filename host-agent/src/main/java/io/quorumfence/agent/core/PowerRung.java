package io.quorumfence.agent.core;

import io.quorumfence.config.FenceLadder;
import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.PowerAction;
import io.quorumfence.model.PowerAnswer;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.Terms;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RecordChange;
import io.quorumfence.record.RegisterOutcome;
import java.util.OptionalLong;

/**
 * Power, raced with the other rungs. An off cannot be bound to a life of the suspect, so the order is: own keeper
 * armed, intent decided, record as fresh as a suspicion is old, off; a status that says off once its processes are
 * gone; the flight time; a second status; proof (rules 1, 8, 9). Whatever else comes back proves nothing. Whoever ends
 * an intent is {@link PowerIntents}.
 */
final class PowerRung {
    private static final long AGAIN_NS = 1_000 * Timing.MILLI;
    /** Between two offs, doubled from one to the next up to a minute. */
    private static final int DOUBLINGS_MAX = 6;

    private static final long OFF_AGAIN_MAX_NS = 60_000 * Timing.MILLI;
    /** An off that has less time before the time rung opens is not begun: it would hold the proof up. */
    private static final long WORTH_NS = 1_000 * Timing.MILLI;

    /** So many suspicion times a claim is left to others. */
    private static final int LEFT_SUSPICIONS = 5;

    private static final String UNWITNESSED =
            "power: this agent has not seen the host alive since it started, so the host may be booting";
    private static final String UNBOUND =
            "power: this host has no end of its own that a watchdog enforces, so it switches nobody off";
    private static final long SLACK_NS = 300 * Timing.MILLI;
    /** Past its deadline by that, a call is not waited for but ended. */
    private static final long OVERDUE_NS = 2_000 * Timing.MILLI;

    private PowerRung() {}

    /** A status touches nothing, so it is asked while the claim is on its way: a host that is off says so soon. */
    static void early(AgentState s, FenceWork work, long nowNs, Out out) {
        boolean first = work.power.attempt == 0 && work.token != null;
        FenceLadder.Rungs rungs = s.config.ladder().of(work.suspect);
        if (first && rungs.powered() && rungs.power().after().isZero() && work.power.offSeenNs == Timing.NEVER) {
            OptionalLong off = PowerLooks.offSince(s, work.suspect, work.life);
            if (off.isPresent()) {
                work.power.offSeenNs = off.getAsLong();
                return;
            }
            run(s, work, PowerAction.STATUS, nowNs, nowNs + timeoutNs(s), out);
        }
    }

    static void climb(AgentState s, FenceWork work, long nowNs, Out out) {
        PowerWork p = work.power;
        FenceLadder.Rungs rungs = s.config.ladder().of(work.suspect);
        if (!rungs.powered()) {
            return;
        }
        boolean inTime = rungs.power().holdsAt(nowNs - work.climbedNs) && isDue(s, work, nowNs);
        boolean held = PowerIntents.isHeld(s, work);
        if (!held && inTime) {
            intend(s, work, nowNs, out);
        }
        if (p.running) {
            overdue(work, nowNs, out);
            return;
        }
        if (!held) {
            return;
        }
        if (p.statusDue) {
            run(s, work, PowerAction.STATUS, nowNs, nowNs + timeoutNs(s), out);
        } else if (p.offSeenNs > Timing.NEVER) {
            if (nowNs >= Math.max(Math.max(p.offSeenNs, p.offEndNs) + s.timing.powerFlightNs(), p.nextNs)) {
                run(s, work, PowerAction.STATUS, nowNs, nowNs + timeoutNs(s), out);
            }
        } else if (nowNs >= p.nextNs) {
            if (inTime && nowNs >= p.offNextNs) {
                switchOff(s, work, nowNs, out);
            } else {
                // What was sent may have worked all the same, and asking costs nothing.
                run(s, work, PowerAction.STATUS, nowNs, nowNs + timeoutNs(s), out);
            }
        }
    }

    /**
     * Who is only paused costs nothing as long as his lease may live, and may take the claim back until the intent. A
     * host that is off may take back nothing.
     */
    private static boolean isDue(AgentState s, FenceWork work, long nowNs) {
        if (s.powerLooks.isWrong(work.suspect)) {
            work.power.detail = "power: its device says off of a host that is heard, so it is not used";
            return false;
        }
        boolean off = work.power.offSeenNs > Timing.NEVER && s.powerLooks.isBelieved(work.suspect);
        return off || isLeaseOver(s, work, nowNs);
    }

    /** By the longest lease that anybody was told, on either plane, from the last sign that any of them saw. */
    private static boolean isLeaseOver(AgentState s, FenceWork work, long nowNs) {
        long selfNs = Math.max(
                s.timing.selfNs(),
                Suspicion.terms(s, work.suspect, work.life).map(Terms::selfNs).orElse(0L));
        long silentNs = Math.min(
                Suspicion.storageAge(s, work.suspect, work.life, nowNs), Suspicion.networkAge(s, work.suspect, nowNs));
        for (HeldPromise promise : work.promises.values()) {
            selfNs = Math.max(selfNs, promise.terms().map(Terms::selfNs).orElse(0L));
            silentNs = Math.min(silentNs, nowNs - promise.lastSeenNs());
        }
        return silentNs >= selfNs + selfNs / 1_000_000 * 2 * s.config.rhoPpm();
    }

    private static long timeoutNs(AgentState s) {
        return s.config.ladder().powerTimeout().toNanos();
    }

    /** Rule 9: the keeper first. Who cannot promise the end of his own life may not hold anybody else's power. */
    private static void intend(AgentState s, FenceWork work, long nowNs, Out out) {
        PowerWork p = work.power;
        if (!s.canArm()) {
            p.wanted = p.intending; // else who is disarmed stays bound for as long as its claim stands
            leaveToTheBound(s, work, nowNs, out);
            return;
        }
        if (!mayGoOn(s, work)) {
            leaveToOthers(s, work, nowNs, out);
            return;
        }
        p.wanted = true;
        if (!isBound(s) || p.intending || nowNs < p.nextNs) {
            return;
        }
        p.intending = true;
        p.readAskedNs = nowNs;
        RecordDesk.submit(
                s,
                new RecordChange.IntendPower(work.requireToken(), s.self(), s.requireLife()),
                new Pending.PowerWanted(work.suspect, work.id),
                nowNs);
    }

    /** Whether an intent can come to anything: the device says off already, or an off may be sent. */
    private static boolean mayGoOn(AgentState s, FenceWork work) {
        boolean off = work.power.offSeenNs > Timing.NEVER;
        return off ? s.powerLooks.isBelieved(work.suspect) : hasWitnessed(s, work);
    }

    /** Without an intent the claim can still be taken back, and whoever saw the host alive may do more. */
    private static void leaveToOthers(AgentState s, FenceWork work, long nowNs, Out out) {
        PowerWork p = work.power;
        p.detail = p.offSeenNs > Timing.NEVER
                ? "power: its device says off, and was never heard to say on while the host was seen"
                : UNWITNESSED;
        if (!hasWitnessed(s, work) && !Ladder.hasSsh(s, work.suspect)) {
            leave(s, work, UNWITNESSED, nowNs, out);
        }
    }

    /**
     * The reaction of this host is off, or was switched off since: it sends no off, so it must not keep the claim from
     * hosts that do. Silence is all that a shell finds, or there is none.
     */
    private static void leaveToTheBound(AgentState s, FenceWork work, long nowNs, Out out) {
        work.power.detail = UNBOUND;
        boolean shells = Ladder.hasSsh(s, work.suspect) && work.sshVerdict != SshVerdict.UNREACHABLE;
        if (!shells && isAnotherBound(s, work)) {
            leave(s, work, UNBOUND, nowNs, out);
        }
    }

    private static boolean isAnotherBound(AgentState s, FenceWork work) {
        CellRecord record = s.record().orElseThrow();
        return Declaration.others(s, work).stream()
                .filter(host -> !s.suspectedNs.containsKey(host))
                .flatMap(host -> record.host(host).filter(entry -> !entry.gone()).stream())
                .flatMap(entry -> Suspicion.terms(s, entry.host(), entry.incarnation()).stream())
                .anyMatch(terms ->
                        terms.action().isEnforceable() && terms.watchdog().isCounted());
    }

    /** Without an intent the claim is taken back; one that is open is abandoned by {@link PowerIntents}. */
    private static void leave(AgentState s, FenceWork work, String why, long nowNs, Out out) {
        PowerWork p = work.power;
        boolean busy = work.hasShell(nowNs) || p.running || p.deferred != null || Pill.isProof(s, work);
        boolean others = OperatorWord.of(s, work).isPresent()
                || TimeProof.judge(s, work, nowNs).possible();
        if (!busy && !others) {
            Withdrawal.seen(s, work, why, nowNs, out);
            s.nextAttemptNs.put(work.suspect, nowNs + LEFT_SUSPICIONS * s.timing.suspectNs());
        }
    }

    private static boolean isBound(AgentState s) {
        return s.arming.published() && s.keeperFeeding;
    }

    static void intended(AgentState s, Pending.PowerWanted wanted, Out out) {
        Declaration.byId(s, wanted.work()).ifPresent(work -> {
            work.power.intending = false;
            work.power.freshNs = work.power.readAskedNs;
            out.event(new JournalEvent.PowerIntended(work.requireToken(), work.suspect));
        });
    }

    static void refused(AgentState s, Pending.PowerWanted wanted, RegisterOutcome.Refused refused, long nowNs) {
        Declaration.byId(s, wanted.work()).ifPresent(work -> {
            work.power.intending = false;
            work.power.nextNs = nowNs + AGAIN_NS;
            work.power.detail = "power: " + refused.code() + ": " + refused.detail();
        });
    }

    /**
     * The record is read anew before every off: a claimer that was paused must not switch off who has booted since. How
     * old it may be is told the process that asks the device, which looks at the clock as the last thing.
     */
    private static void switchOff(AgentState s, FenceWork work, long nowNs, Out out) {
        PowerWork p = work.power;
        boolean proven = p.deferred != null || Pill.isProof(s, work);
        if (!hasWitnessed(s, work)) {
            p.detail = UNWITNESSED;
            return;
        }
        // Its reaction may have been switched off since the intent.
        if (!proven && !s.canArm()) {
            leaveToTheBound(s, work, nowNs, out);
            return;
        }
        if (proven || !isBound(s) || !s.suspectedNs.containsKey(work.suspect)) {
            return;
        }
        // The suspicion may be of a later life of the host: the claim is not on that one (seed 2077927080).
        if (!s.record().orElseThrow().isJoined(work.suspect, work.life)) {
            p.detail = "power: " + work.suspect + " lives anew, so nothing is switched off";
            return;
        }
        TimeProof.Judgement time = TimeProof.judge(s, work, nowNs);
        long deadline = nowNs + timeoutNs(s);
        if (time.possible()) {
            deadline = Math.min(deadline, time.opensNs() - s.timing.powerFlightNs() - SLACK_NS);
            if (deadline - nowNs < WORTH_NS) {
                p.detail = "power: left to the time rung, which is about to open";
                return;
            }
        }
        if (nowNs - p.freshNs > s.timing.suspectNs() / 2) {
            if (!p.reading) {
                p.reading = true;
                p.readAskedNs = nowNs;
                RecordDesk.read(s, new Pending.PowerRead(work.id), nowNs);
            }
            return;
        }
        p.offs++;
        out.event(new JournalEvent.PowerAsked(work.requireToken(), work.suspect, p.attempt + 1));
        run(s, work, PowerAction.OFF, Math.min(p.freshNs + s.timing.suspectNs(), s.leaseEndNs()), deadline, out);
    }

    /**
     * Whether this process saw the suspect's life alive, and then go silent. After the cell as a whole lost its power
     * everybody finds everybody else silent, and would switch off who is booting.
     */
    private static boolean hasWitnessed(AgentState s, FenceWork work) {
        PeerView peer = s.peers.get(work.suspect);
        boolean heard = peer != null
                && peer.request != null
                && peer.request.incarnation().equals(work.life);
        boolean moved = s.lanes.values().stream()
                .map(lane -> lane.sighting(work.suspect))
                .anyMatch(sighting -> sighting != null
                        && sighting.moved()
                        && sighting.latest().incarnation().equals(work.life));
        return heard || moved;
    }

    static void fresh(AgentState s, Pending.PowerRead asked) {
        Declaration.byId(s, asked.work()).ifPresent(work -> {
            work.power.reading = false;
            work.power.freshNs = work.power.readAskedNs;
        });
    }

    private static void run(
            AgentState s, FenceWork work, PowerAction action, long notAfterNs, long deadlineNs, Out out) {
        PowerWork p = work.power;
        p.running = true;
        p.action = action;
        p.deadlineNs = deadlineNs;
        p.endAsked = false;
        p.statusDue = false;
        out.command(new LocalCommand.RunPower(
                work.id, ++p.attempt, work.suspect, work.requireToken(), action, notAfterNs, deadlineNs));
    }

    private static void overdue(FenceWork work, long nowNs, Out out) {
        PowerWork p = work.power;
        if (nowNs > p.deadlineNs + OVERDUE_NS && !p.endAsked) {
            p.endAsked = true;
            out.command(new LocalCommand.EndPower(work.requireToken(), work.suspect, false));
        }
    }

    static void answered(AgentState s, EffectObservation.PowerAnswered done, long nowNs, Out out) {
        Declaration.byId(s, done.work()).ifPresent(work -> {
            PowerWork p = work.power;
            if (done.attempt() != p.attempt || !p.running) {
                return;
            }
            p.running = false;
            p.detail = "power: " + done.evidence();
            out.event(new JournalEvent.PowerTried(
                    work.requireToken(), work.suspect, done.action(), done.answer(), done.evidence()));
            if (done.action() == PowerAction.OFF) {
                offEnded(p, done.answer(), nowNs);
            } else {
                statusEnded(s, work, done, nowNs);
            }
        });
    }

    private static void offEnded(PowerWork p, PowerAnswer answer, long nowNs) {
        if (answer == PowerAnswer.NOT_STARTED) {
            p.offs--;
            p.freshNs = Timing.NEVER;
            p.nextNs = nowNs + AGAIN_NS;
            return;
        }
        // Accepted or not: what came of it only a status tells, and what was sent may still be on its way.
        p.offEndNs = nowNs;
        p.offNextNs = nowNs + Math.min(OFF_AGAIN_MAX_NS, AGAIN_NS << Math.min(DOUBLINGS_MAX, p.offs));
        p.offSeenNs = Timing.NEVER;
        p.statusDue = true;
    }

    private static void statusEnded(AgentState s, FenceWork work, EffectObservation.PowerAnswered done, long nowNs) {
        PowerWork p = work.power;
        if (done.answer() == PowerAnswer.ON) {
            s.powerLooks.forget(work.suspect);
        }
        if (done.answer() != PowerAnswer.OFF) {
            p.offSeenNs = Timing.NEVER;
            p.nextNs = work.stage == FenceWork.Stage.CLIMBING ? nowNs + AGAIN_NS : nowNs;
            return;
        }
        boolean second =
                p.offSeenNs > Timing.NEVER && nowNs >= Math.max(p.offSeenNs, p.offEndNs) + s.timing.powerFlightNs();
        if (p.offSeenNs == Timing.NEVER) {
            p.offSeenNs = nowNs;
        }
        boolean mayProve = work.stage == FenceWork.Stage.CLIMBING && PowerIntents.isHeld(s, work);
        boolean sound = !s.powerLooks.isWrong(work.suspect) && (p.offs > 0 || s.powerLooks.isBelieved(work.suspect));
        p.nextNs = second ? nowNs + AGAIN_NS : p.nextNs;
        if (second && mayProve && sound) {
            Ladder.prove(s, work, new Proof(Rung.POWER, ProofLevel.HOST_GONE, done.evidence()), nowNs);
        }
    }

    /** No off of this claim is left. */
    static void ended(AgentState s, FenceToken token, long nowNs) {
        for (FenceWork work : s.works.values()) {
            PowerWork p = work.power;
            if (token.equals(work.token) && p.running && p.endAsked) {
                p.running = false;
                offEnded(p, PowerAnswer.UNKNOWN, nowNs);
            }
        }
    }

    /** A proof that another rung has found waits until nothing can switch the suspect off any more. */
    static boolean mayProve(AgentState s, FenceWork work, long nowNs) {
        return work.power.isQuiet(s.timing.powerFlightNs(), nowNs);
    }

    static boolean isIntent(Claim claim) {
        return claim.stage() == ClaimStage.POWER_INTENT;
    }
}
