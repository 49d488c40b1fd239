package io.quorumfence.model;

/**
 * The answer to an {@link AckRequest}.
 *
 * @param nonce opaque to the receiver, echoed in its next request; the sender's own clock reading
 * @param token the claim that binds the sender, 0 unless {@code kind} is FENCED
 */
public record Ack(
        HostId from,
        HostId to,
        long counter,
        long sequence,
        Kind kind,
        long nonce,
        long token,
        long recordVersion,
        int membership) {

    /** What the answer says. */
    public enum Kind {
        /** Counts towards the renewal of that round. */
        ACKNOWLEDGED,
        /** The sender is bound by a claim on this life. */
        FENCED,
        /** The sender may not acknowledge anybody yet (not joined, or another membership). */
        ABSTAINED
    }
}
