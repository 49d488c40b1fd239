package io.quorumfence.coordinator.agents;

/** The cap on calls to one agent is reached; this one was not sent. */
final class AgentBusy extends Exception {
    private static final long serialVersionUID = 1;

    AgentBusy(int callsMax) {
        super(callsMax + " calls to this agent are out already", null, false, false);
    }
}
