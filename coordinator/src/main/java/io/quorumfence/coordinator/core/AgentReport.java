package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.status.AgentStatus;

/**
 * How one poll of an agent ended. The observation lies between start and end; who needs a lower bound for the time of
 * something seen reckons from the start, who needs an upper bound from the end.
 */
public sealed interface AgentReport {
    long startedNs();

    long endedNs();

    /** The agent answered with a status of the known form. */
    record Answered(AgentStatus status, long startedNs, long endedNs) implements AgentReport {}

    /** Nobody who proved to be this host answered. It says nothing about the host. */
    record Silent(String why, long startedNs, long endedNs) implements AgentReport {}

    /**
     * The host's agent answered something that this coordinator cannot use.
     *
     * @param tooOld it does not know the question, or speaks an earlier form
     */
    record Unreadable(String why, boolean tooOld, long startedNs, long endedNs) implements AgentReport {}
}
