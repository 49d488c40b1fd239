package io.quorumfence.record;

/**
 * What the register wants from one idle lane.
 *
 * @param generation handed back with the result, so that an answer to an older phase does not count for this one
 */
public sealed interface RegisterWant {
    long generation();

    record Read(long generation) implements RegisterWant {}

    record Round(long generation, BallotBlock block) implements RegisterWant {}
}
