package io.quorumfence.coordinator.core.status;

/** Where a host's life stands, by the word of an agent. */
public enum AgentPhase {
    STARTING,
    JOINING,
    JOINED,
    /** The lease ended; messages of this life never count as a sign that its VMs may run. */
    LATCHED;

    /** Whether the life is on its way into the record and cannot answer for its VMs yet. */
    public boolean isArriving() {
        return this == STARTING || this == JOINING;
    }
}
