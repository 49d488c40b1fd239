package io.quorumfence.agent.core;

import io.quorumfence.model.HostPhase;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.event.JournalEvent;

/** The end of a lease. An expired lease never revives; nothing here waits for a disk, a lock or a peer (I3). */
final class Latch {
    /** How often a latched host that could not stop everything tries again. */
    static final long RETRY_NS = 2_000 * Timing.MILLI;

    private Latch() {}

    static void check(AgentState s, long nowNs, Out out) {
        boolean over = s.isJoined() && nowNs >= s.leaseEndNs();
        if (over && s.config.action().isEnforceable()) {
            latch(s, nowNs, out, "lease ended");
        } else if (over != s.leaseLossTold) {
            // Nobody counts on the end of a host that promised none, so its lease may live again (decision 0004).
            s.leaseLossTold = over;
            if (over) {
                out.event(new JournalEvent.LeaseLost(s.self(), s.requireLife().counter(), s.leaseEndNs()));
            }
        }
    }

    /** Ends this life: it never renews again, whoever answers later. */
    static void latch(AgentState s, long nowNs, Out out, String why) {
        long counter = s.requireLife().counter();
        s.phase = HostPhase.LATCHED;
        s.latchStopDone = false;
        s.latchStopAsked = false;
        out.command(new LocalCommand.StoreLatch(counter));
        out.event(new JournalEvent.LeaseLost(s.self(), counter, s.leaseEndNs()));
        s.works.values().stream()
                .filter(work -> work.locked)
                .forEach(work -> out.command(new LocalCommand.ReleaseLock(work.id, work.suspect)));
        s.works.clear();
        act(s, nowNs, out, why);
    }

    private static void act(AgentState s, long nowNs, Out out, String why) {
        SelfFenceAction action = s.config.action();
        out.event(new JournalEvent.SelfFenceStarted(s.self(), s.requireLife().counter(), action + " because " + why));
        if (action == SelfFenceAction.STOP_VMS) {
            s.latchStopAsked = true;
            s.latchRelistNs = nowNs + RETRY_NS;
            out.command(new LocalCommand.StopVms(nowNs + s.timing.actNs()));
        }
    }

    /** Tries again to stop what survived; the keeper's expiry stands meanwhile. */
    static void retry(AgentState s, long nowNs, Out out) {
        boolean stops = s.config.action() == SelfFenceAction.STOP_VMS;
        if (s.phase == HostPhase.LATCHED && stops && !s.latchStopDone && nowNs >= s.latchRelistNs) {
            s.latchStopAsked = true;
            s.latchRelistNs = nowNs + RETRY_NS;
            out.command(new LocalCommand.StopVms(nowNs + s.timing.actNs()));
        }
    }
}
