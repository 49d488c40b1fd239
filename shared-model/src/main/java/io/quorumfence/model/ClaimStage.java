package io.quorumfence.model;

/** Where a claim stands in the record; final stages are never left (rules 7 and 8). */
public enum ClaimStage {
    CLAIMED,
    POWER_INTENT,
    PROVEN,
    WITHDRAWN,
    ABANDONED;

    /** Open claims bind the suspect and everybody who applied them. */
    public boolean isOpen() {
        return this == CLAIMED || this == POWER_INTENT;
    }
}
