package io.quorumfence.sim;

import io.quorumfence.agent.core.AgentState;
import io.quorumfence.agent.core.BootFacts;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.step.Step;

/** Looks on; changes nothing. */
interface SimTap {
    void started(SimHost host, BootFacts facts);

    void stepped(SimHost host, Observation observation, long nowNs, Step<AgentState> step);
}
