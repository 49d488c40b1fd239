package io.quorumfence.model;

/** What a sibling learned on the suspect; everything that is not exactly one of the first three is ambiguous. */
public enum SshVerdict {
    CONFIRMED_DEAD,
    STILL_ALIVE,
    UNREACHABLE,
    AMBIGUOUS
}
