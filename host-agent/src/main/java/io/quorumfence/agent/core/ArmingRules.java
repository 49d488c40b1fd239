package io.quorumfence.agent.core;

import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.quorum.Quorum;

/** Moves {@link Arming} along: keeper and publication in rule 4's order, terms out before a start (rule 12). */
final class ArmingRules {
    private ArmingRules() {}

    static void progress(AgentState s, long nowNs, Out out) {
        if (!s.isJoined() || !(s.canArm() || s.arming.bounded())) {
            return;
        }
        boolean needed = s.canArm() && isNeeded(s);
        switch (s.arming.state) {
            case UNARMED -> {
                if (needed && ReactionRules.mayPromise(s, nowNs, out)) {
                    go(s, Arming.State.ARMING, why(s), out);
                }
            }
            case ARMING -> {
                if (onStorages(s) || onNetwork(s)) {
                    s.arming.state = Arming.State.ARMED;
                }
            }
            case ARMED -> {
                if (!needed) {
                    String why = s.canArm() ? "no protected VM is left" : ReactionRules.why(s, nowNs);
                    go(s, Arming.State.DISARMING, why, out);
                }
            }
            case DISARMING -> {
                if (needed) {
                    go(s, Arming.State.ARMING, why(s), out);
                } else if (onStorages(s) && onNetwork(s) && !PowerIntents.bindThisHost(s)) {
                    // Rule 9, also for an operator who disarms: who may be switching a host off ends by its own keeper.
                    s.arming.state = Arming.State.UNARMED;
                    ReactionRules.unarmed(s, nowNs, out);
                }
            }
        }
    }

    private static String why(AgentState s) {
        return s.vms.isEmpty() && PowerIntents.bindThisHost(s)
                ? "it is about to switch a host off"
                : "a protected VM is here or on its way";
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
        boolean wanted = !s.permits.redeems.isEmpty()
                || s.permits.starts.values().stream().anyMatch(start -> !s.spares(start.vm()));
        boolean ofOwn = s.listsProtected() || s.vmsInFlight || wanted || unknown;
        return ofOwn || hasRedeemed(s) || PowerIntents.bindThisHost(s);
    }

    private static boolean hasRedeemed(AgentState s) {
        for (Permit permit : s.ownPermits()) {
            if (permit.stage() == PermitStage.REDEEMED
                    && permit.destinationIncarnation().equals(s.requireLife())
                    && !s.spares(permit.vm())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a storage majority carries the present terms. */
    private static boolean onStorages(AgentState s) {
        long version = s.arming.termsVersion;
        int lanes = 0;
        for (Lane lane : s.lanes.values()) {
            lanes += lane.okTermsVersion >= version ? 1 : 0;
        }
        return lanes >= Quorum.majority(s.lanes.size());
    }

    /** Whether a host majority has acknowledged the present terms. */
    private static boolean onNetwork(AgentState s) {
        return s.lease.networkTermsVersion >= s.arming.termsVersion;
    }
}
