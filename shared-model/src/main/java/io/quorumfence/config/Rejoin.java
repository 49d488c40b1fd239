package io.quorumfence.config;

/** How a host comes back after one of its lives was fenced. */
public enum Rejoin {
    /** By itself, as a new life, once nothing of the old one is left. */
    AUTOMATIC,
    /** Not before an operator released it. */
    OPERATOR
}
