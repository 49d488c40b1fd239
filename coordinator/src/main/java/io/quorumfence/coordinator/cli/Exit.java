package io.quorumfence.coordinator.cli;

/** Exit codes; scripts depend on them. */
final class Exit {
    static final int OK = 0;
    static final int DEGRADED = 1;
    static final int CRITICAL = 2;
    static final int REFUSED = 3;
    static final int PENDING = 4;
    static final int USAGE = 64;
    static final int UNAVAILABLE = 69;
    static final int SOFTWARE = 70;

    private Exit() {}
}
