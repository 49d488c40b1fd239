package io.quorumfence.model;

/** Where a host's incarnation stands, by its own word. */
public enum HostPhase {
    /** The agent is up; its incarnation is not in the record yet. A claim on it is void, and it acknowledges nobody. */
    JOINING,
    /** The record shows the incarnation as joined. */
    JOINED,
    /** The lease ended; this incarnation never renews again, and its beats never count as seen. */
    LATCHED
}
