package io.quorumfence.agent.core;

import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.event.JournalEvent;

/**
 * Says long before a lease ends that it is going to: at half and at three quarters of the way, with what will happen at
 * its end and when. Decides nothing.
 */
final class EarlyWarning {
    static final int HALF = 50;
    static final int THREE_QUARTERS = 75;

    private EarlyWarning() {}

    static void check(AgentState s, long nowNs, Out out) {
        int level = level(s, nowNs);
        if (level > s.leaseWarned) {
            out.event(new JournalEvent.LeaseWarned(
                    s.self(), s.requireLife().counter(), level, remainingMs(s, nowNs), then(s), planes(s, nowNs)));
        } else if (level < s.leaseWarned && s.leaseLives(nowNs)) {
            if (level > 0) {
                return; // it may come and go around a mark; only safety ends a warning
            }
            out.event(new JournalEvent.LeaseSafeAgain(s.self(), s.requireLife().counter(), s.leaseWarned));
        }
        s.leaseWarned = level;
    }

    /** The highest mark that was passed: 0, 50 or 75 percent of the way to the lease's end. */
    static int level(AgentState s, long nowNs) {
        if (!s.leaseLives(nowNs)) {
            return 0; // its end is told as what it is
        }
        long used = nowNs - s.lease.lastRenewalNs();
        if (4 * used >= 3 * s.timing.selfNs()) {
            return THREE_QUARTERS;
        }
        return 2 * used >= s.timing.selfNs() ? HALF : 0;
    }

    static long remainingMs(AgentState s, long nowNs) {
        return Math.max(0, (s.leaseEndNs() - nowNs) / Timing.MILLI);
    }

    /** What happens at the end, in words. */
    static String then(AgentState s) {
        // What was promised is done, whatever is in force by now.
        SelfFenceAction acts = s.arming.bounded() ? s.config.action() : s.inForce();
        String action = acts.word();
        String vms =
                s.vms.size() + " protected VM" + (s.vms.size() == 1 ? "" : "s") + (s.vmsComplete ? "" : " or more");
        return acts.isEnforceable()
                ? "selfFence.action " + action + " ends " + vms
                : "selfFence.action " + action + ": nothing is enforced, " + vms + " run on";
    }

    /** Which plane last renewed, and what each storage is doing: what to look at. */
    static String planes(AgentState s, long nowNs) {
        StringBuilder text = new StringBuilder("renewed by storage ").append(age(s.lease.storageNs, nowNs));
        text.append(", by network ").append(age(s.lease.networkNs, nowNs));
        for (Lane lane : s.lanes.values()) {
            text.append("; ").append(lane.id).append(" answered ").append(age(lane.okEndNs, nowNs));
            if (lane.busy) {
                text.append(", waits for ")
                        .append((nowNs - lane.opStartedNs) / Timing.MILLI)
                        .append(" ms");
            } else {
                text.append(", took ").append(lane.latencyNs / Timing.MILLI).append(" ms");
            }
        }
        return text.toString();
    }

    private static String age(long sinceNs, long nowNs) {
        return sinceNs <= Timing.NEVER / 2 ? "never" : (nowNs - sinceNs) / Timing.MILLI + " ms ago";
    }
}
