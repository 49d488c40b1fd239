package io.quorumfence.coordinator.agents;

/**
 * How long the calls to one agent may take, in milliseconds, and how many may be out at once. At the cap a call is
 * answered "busy" at once: nothing queues.
 */
public record AgentLimits(long statusMs, long absenceMs, long permitMs, int callsMax) {
    public static AgentLimits standard() {
        return new AgentLimits(1_000, 2_000, 3_000, 16);
    }
}
