package io.quorumfence.model;

/** What the courtesy lock said; safety never rests on it. */
public enum LockAnswer {
    ACQUIRED,
    HELD_ELSEWHERE,
    /** No cluster, or no answer in time: go on, the claim decides. */
    UNAVAILABLE
}
