package io.quorumfence.step;

import io.quorumfence.model.observation.Observation;

/**
 * A pure decision core: the same state, observation and time give the same step. Implementations keep no state of
 * their own, read no clock and never block.
 */
@FunctionalInterface
public interface Core<S> {

    /**
     * Decides.
     *
     * @param nowNs the host's monotonic clock (CLOCK_MONOTONIC_RAW), never going back between steps
     */
    Step<S> step(S state, Observation observation, long nowNs);
}
