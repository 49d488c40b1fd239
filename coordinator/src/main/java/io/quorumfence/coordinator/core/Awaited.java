package io.quorumfence.coordinator.core;

/** What a PENDING request waits for, and what it is refused with when its time ends. */
public enum Awaited {
    /** The first round of questions to the agents. */
    AGENTS("awaiting-agents", Reason.AMBIGUOUS),
    /** The last host is silent for less than its suspicion time. */
    SUSPICION("awaiting-suspicion", Reason.NOT_SUSPECTED),
    /** A suspicion or a claim is under way and a rung exists. */
    PROOF("awaiting-proof", Reason.NO_TIME_PROOF),
    /** The last host has booted and its new life is not in the record yet. */
    JOIN("awaiting-join", Reason.AMBIGUOUS),
    /** Absence is shown; the permit is being written into the cell record. */
    PERMIT("awaiting-permit", Reason.NO_RECORD),
    /** Absence is shown; as many other VMs are starting as may at a time. */
    TURN("throttled", Reason.THROTTLED);

    private final String code;
    private final Reason whenOver;

    Awaited(String code, Reason whenOver) {
        this.code = code;
        this.whenOver = whenOver;
    }

    public String code() {
        return code;
    }

    public Reason whenOver() {
        return whenOver;
    }

    /** Whether news of the cell may decide it at any time; the others wait for their next try. */
    boolean isWatched() {
        return this == SUSPICION || this == PROOF || this == JOIN || this == TURN;
    }
}
