package io.quorumfence.agent.core;

import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.quorum.Quorum;

/** Moves {@link Arming} along: keeper and publication in rule 4's order, terms out before a start (rule 12). */
final class ArmingRules {
    private ArmingRules() {}

    static void progress(AgentState s, long nowNs, Out out) {
        if (!s.isJoined() || !s.canArm()) {
            return;
        }
        boolean needed = isNeeded(s);
        switch (s.arming.state) {
            case UNARMED -> {
                if (needed) {
                    go(s, Arming.State.ARMING, "a protected VM is here or on its way", out);
                }
            }
            case ARMING -> {
                if (isOnStorages(s)) {
                    s.arming.state = Arming.State.ARMED;
                }
            }
            case ARMED -> {
                if (!needed) {
                    go(s, Arming.State.DISARMING, "no protected VM is left", out);
                }
            }
            case DISARMING -> {
                if (needed) {
                    go(s, Arming.State.ARMING, "a protected VM is here or on its way", out);
                } else if (isPublished(s)) {
                    s.arming.state = Arming.State.UNARMED;
                }
            }
        }
    }

    private static void go(AgentState s, Arming.State next, String why, Out out) {
        s.arming.state = next;
        s.arming.termsVersion++;
        // The next beat and round carry the new terms at once; the keeper got its expiry in this very step.
        s.lanes.values().forEach(lane -> lane.nextBeatNs = Timing.NEVER);
        s.lease.nextRoundNs = Timing.NEVER;
        out.event(new JournalEvent.ArmedChanged(next == Arming.State.ARMING, why));
    }

    /** An incomplete list stands for any VM: it never disarms. */
    static boolean isNeeded(AgentState s) {
        boolean unknown = !s.vmsComplete && s.arming.bounded();
        return !s.vms.isEmpty() || s.vmsInFlight || !s.permits.redeems.isEmpty() || unknown || hasRedeemed(s);
    }

    private static boolean hasRedeemed(AgentState s) {
        for (Permit permit : s.permitsInRecord()) {
            if (permit.stage() == PermitStage.REDEEMED
                    && permit.destination().equals(s.self())
                    && permit.destinationIncarnation().equals(s.requireLife())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the present terms lie on a storage majority. That is enough to start on: the keeper holds its expiry since
     * before they went out, and whoever has not heard of them takes the host for unarmed and proves nothing by time. The
     * last host of two could never start a VM if its dead peer had to acknowledge first (decision 0005).
     */
    private static boolean isOnStorages(AgentState s) {
        int lanes = 0;
        for (Lane lane : s.lanes.values()) {
            lanes += lane.okTermsVersion >= s.arming.termsVersion ? 1 : 0;
        }
        return lanes >= Quorum.majority(s.lanes.size());
    }

    /** Whether both majorities have seen the present terms: weaker ones take effect only then (rule 4). */
    private static boolean isPublished(AgentState s) {
        return isOnStorages(s) && s.lease.networkTermsVersion >= s.arming.termsVersion;
    }
}
