package io.quorumfence.agent.core;

import io.quorumfence.model.HostPhase;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.LocalObservation;

/** The end of a lease. An expired lease never revives; nothing here waits for a disk, a lock or a peer (I3). */
final class Latch {
    /** How often a latched host that could not stop everything tries again. */
    static final long RETRY_NS = 2_000 * Timing.MILLI;

    private Latch() {}

    static void check(AgentState s, long nowNs, Out out) {
        boolean over = s.isJoined() && nowNs >= s.leaseEndNs();
        if (over && ReactionRules.endsLife(s)) {
            latch(s, nowNs, out, "lease ended: " + EarlyWarning.planes(s, nowNs));
        } else if (over != s.leaseLossTold) {
            // Nobody counts on the end of a host that promised none, so its lease may live again (decision 0004).
            s.leaseLossTold = over;
            if (over) {
                out.event(new JournalEvent.LeaseLost(s.self(), s.requireLife().counter(), s.leaseEndNs()));
                ReactionRules.lost(s, nowNs, out);
            }
        }
    }

    /** Ends this life: it never renews again, whoever answers later. */
    static void latch(AgentState s, long nowNs, Out out, String why) {
        long counter = s.requireLife().counter();
        s.phase = HostPhase.LATCHED;
        s.latchStopDone = false;
        s.latchListedEmpty = false;
        ReactionRules.latched(s, s.arming.bounded());
        out.event(new JournalEvent.LeaseLost(s.self(), counter, s.leaseEndNs()));
        s.works.values().stream()
                .filter(work -> work.locked)
                .forEach(work -> out.command(new LocalCommand.ReleaseLock(work.id, work.suspect)));
        s.works.clear();
        out.event(new JournalEvent.SelfFenceStarted(s.self(), counter, s.config.action() + " because " + why));
        act(s, nowNs, out);
    }

    private static void act(AgentState s, long nowNs, Out out) {
        // Before anything is stopped, and again by whoever found an expired life after a restart: once the expiry is
        // lifted nothing else bars a start that was admitted before.
        out.command(new LocalCommand.StoreLatch(s.requireLife().counter()));
        s.latchRetryNs = nowNs + RETRY_NS;
        ReactionRules.act(s, nowNs, out);
        boolean stops = ReactionRules.stopsVms(s) || Pill.told(s).isPresent();
        if (stops && !s.latchStopDone) {
            out.command(new LocalCommand.StopVms(nowNs + s.timing.actNs(), s.spared()));
        } else {
            list(s, out);
        }
    }

    /** Asks anew: a list from before the latch says nothing of a start that was under way. */
    private static void list(AgentState s, Out out) {
        s.latchQuestion = s.nextId();
        out.command(new LocalCommand.ListVms(s.latchQuestion));
    }

    /**
     * Every protected VM's process was verified gone: nothing is left for the watchdog to end, unless a start may be
     * under way of which there is no process yet.
     */
    static void stopped(AgentState s, Out out) {
        if (s.phase == HostPhase.LATCHED && !s.latchStopDone) {
            s.latchStopDone = true;
            if (!s.vmsInFlight && !isStartUnderWay(s) && !ReactionRules.isResetOwed(s)) {
                cleared(s, out);
                owesNothing(s, out);
            }
            list(s, out);
        }
    }

    private static void owesNothing(AgentState s, Out out) {
        out.command(new LocalCommand.SetExpiry(s.requireLife().counter(), LocalCommand.NO_EXPIRY, s.leaseEndNs()));
    }

    /** With the expiry gone nothing resets this host, so the next process must be able to tell that it owes nothing. */
    private static void cleared(AgentState s, Out out) {
        if (s.recordRead && !mayStartUnseen(s)) {
            out.command(new LocalCommand.StoreCleared(s.requireLife().counter()));
        }
    }

    /** What comes late is stopped as well. */
    static void listed(AgentState s, LocalObservation.VmsListed listed, Out out) {
        if (s.phase != HostPhase.LATCHED) {
            return;
        }
        if (s.listsProtected()) {
            s.latchListedEmpty = false;
            s.latchStopDone = false;
        } else if (listed.question() == s.latchQuestion && listed.question() != 0) {
            s.latchListedEmpty = listed.complete() && !listed.inFlight() && !isStartUnderWay(s);
            // With the action reboot the reset itself is what was promised.
            if (isCleared(s) && !s.config.action().isReset()) {
                owesNothing(s, out);
            }
            if (isCleared(s)) {
                cleared(s, out);
            }
        }
    }

    /**
     * A permit was redeemed and its VM never seen: a start that hangs in libvirt before its fork leaves nothing to
     * list.
     * Where a watchdog is armed it ends the doubt.
     */
    private static boolean isStartUnderWay(AgentState s) {
        return (s.canArm() || s.arming.bounded()) && mayStartUnseen(s);
    }

    /**
     * Whether this life redeemed a permit whose VM was never seen here. Not when an earlier process found it cleared: a
     * latched life redeems nothing any more.
     */
    static boolean mayStartUnseen(AgentState s) {
        if (s.facts.clearedCounter() == s.requireLife().counter()) {
            return false;
        }
        if (s.record().isEmpty()) {
            return true; // an earlier process of this life had one, and it is lost
        }
        return s.ownPermits().stream()
                .anyMatch(permit -> permit.stage() == PermitStage.REDEEMED
                        && !permit.isMove()
                        && permit.destinationIncarnation().equals(s.requireLife())
                        && !s.permits.seenRunning.contains(permit.id()));
    }

    /** Whether a new life may begin: nothing of the old one is left, seen after its end. */
    static boolean isCleared(AgentState s) {
        return s.phase == HostPhase.LATCHED
                && s.latchListedEmpty
                && !ReactionRules.isResetOwed(s)
                && (s.latchStopDone || !ReactionRules.stopsVms(s));
    }

    /** Tries again to stop or list what was left; the keeper's expiry stands meanwhile. */
    static void retry(AgentState s, long nowNs, Out out) {
        boolean owes = !isCleared(s) || (!s.latchStopDone && Pill.told(s).isPresent());
        if (s.phase == HostPhase.LATCHED && owes && nowNs >= s.latchRetryNs) {
            act(s, nowNs, out);
        }
    }
}
