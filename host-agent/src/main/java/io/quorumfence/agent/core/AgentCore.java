package io.quorumfence.agent.core;

import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.model.observation.LocalObservation;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.PeerObservation;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.model.observation.StorageObservation;
import io.quorumfence.step.Core;
import io.quorumfence.step.Step;

/**
 * The agent's decision core. Every step first compares the lease with the time (a late renewal never counts), then
 * takes in the observation, then lets everything that waits go on, and hands at most one operation to each idle lane.
 */
public final class AgentCore implements Core<AgentState> {

    @Override
    public Step<AgentState> step(AgentState state, Observation observation, long nowNs) {
        return stepInPlace(state.copy(), observation, nowNs);
    }

    /**
     * The same step, taken by the state itself instead of a copy: for a caller that alone holds it and shows it to
     * nobody, as the simulator does. The two are kept equal by a test.
     */
    public Step<AgentState> stepInPlace(AgentState own, Observation observation, long nowNs) {
        Out out = new Out();
        advance(own, observation, nowNs, out);
        return out.step(own);
    }

    /**
     * Datagrams come by the hundred in a beat of a large cell, and each only tells something of one peer: what follows
     * from it is drawn at the next tick, together with all the others.
     */
    private static boolean isPassing(Observation observation) {
        return observation instanceof PeerObservation.AckRequestArrived
                || observation instanceof PeerObservation.AckArrived;
    }

    private static void advance(AgentState s, Observation observation, long nowNs, Out out) {
        ReactionRules.tick(s, nowNs);
        EarlyWarning.check(s, nowNs, out);
        Latch.check(s, nowNs, out);
        if (observation instanceof StorageObservation o) {
            StorageDesk.take(s, o, nowNs, out);
        } else if (observation instanceof PeerObservation o) {
            PeerDesk.take(s, o, nowNs, out);
        } else if (observation instanceof RequestObservation o) {
            RequestDesk.take(s, o, nowNs, out);
        } else if (observation instanceof EffectObservation o) {
            EffectDesk.take(s, o, nowNs, out);
        } else if (observation instanceof LocalObservation o) {
            LocalDesk.take(s, o, nowNs, out);
        }
        if (isPassing(observation)) {
            Rounds.progress(s, nowNs, out);
            return;
        }
        s.register.tick(nowNs);
        RecordDesk.settle(s, nowNs, out);
        Joining.progress(s, nowNs, out);
        ReactionRules.progress(s, nowNs, out);
        ArmingRules.progress(s, nowNs, out);
        Rounds.progress(s, nowNs, out);
        Suspicion.progress(s, nowNs, out);
        Declaration.progress(s, nowNs, out);
        PermitDesk.progress(s, nowNs, out);
        HookDesk.progress(s, nowNs, out);
        ClassDesk.progress(s, nowNs);
        AlertRules.progress(s, nowNs, out);
        RecordDesk.settle(s, nowNs, out);
        StorageDesk.pump(s, nowNs, out);
    }
}
