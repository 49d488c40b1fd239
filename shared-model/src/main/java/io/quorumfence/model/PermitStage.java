package io.quorumfence.model;

/** Life of a permit in the record (rule 11): GRANTED ends as REDEEMED or ENDED, exactly one wins. */
public enum PermitStage {
    GRANTED,
    REDEEMED,
    ENDED
}
