package io.quorumfence.model;

/**
 * "Acknowledge me": sent to every peer on every plane, each round.
 *
 * @param sequence number of the round; the round's send time is the sender's own secret
 * @param echo the nonce of the newest acknowledgement the sender has from this peer, 0 if none: only an echo of a
 *     recent one makes the request count as seen (rule 19b)
 */
public record AckRequest(
        HostId from,
        HostId to,
        Incarnation incarnation,
        HostPhase phase,
        long sequence,
        long echo,
        long recordVersion,
        int membership,
        long epoch,
        Terms terms) {}
