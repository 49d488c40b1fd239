package io.quorumfence.model;

import java.util.Optional;

/**
 * A peer's answer to "be bound by claim k".
 *
 * @param ageNs time since the peer last acknowledged the suspect, at most the age of its agent process (rule 2);
 *     meaningful only for {@link Kind#PROMISED}
 * @param terms the weakest terms of the requests it acknowledged, if it knows any
 * @param epoch the newest gone-set version the suspect showed to this peer, 0 if none
 */
public record PromiseAnswer(Kind kind, long ageNs, Optional<Terms> terms, long epoch) {

    /** What the peer answered. */
    public enum Kind {
        PROMISED,
        SEEN,
        /** The peer's record does not show the claim, or it has not joined. */
        REFUSED
    }

    public static PromiseAnswer of(Kind kind) {
        return new PromiseAnswer(kind, 0, Optional.empty(), 0);
    }
}
