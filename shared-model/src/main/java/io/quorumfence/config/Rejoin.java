package io.quorumfence.config;

/** How a host comes back after one of its lives was fenced. */
public enum Rejoin {
    /** By itself, as a new life, once nothing of the old one is left. */
    AUTOMATIC,
    /** It joins, and starts no VM before an operator released it. */
    OPERATOR
}
