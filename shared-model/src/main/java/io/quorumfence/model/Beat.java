package io.quorumfence.model;

import java.util.Optional;

/**
 * One heartbeat, as it lies in the host's own slot of a quorum storage.
 *
 * @param sequence grows with every beat of one incarnation; only a change of (incarnation, sequence) is evidence
 * @param recordVersion the newest decided record version this host has applied
 * @param membership version of the member and storage lists the host counts with (rule 14)
 * @param epoch version of the set of gone hosts the host counts with (rule 15, decision 0003)
 * @param obeyed the claim whose *execute* this life has obeyed (poison pill): the life is latched, every protected VM
 *     of it was verified gone behind the latch, and nothing was in flight. Only a latched beat says so
 */
public record Beat(
        HostId host,
        Incarnation incarnation,
        HostPhase phase,
        long sequence,
        long recordVersion,
        int membership,
        long epoch,
        Terms terms,
        VmList vms,
        Optional<FenceToken> obeyed) {
    public Beat {
        if (obeyed.isPresent() && phase != HostPhase.LATCHED) {
            throw new IllegalArgumentException("a beat at " + phase + " cannot have obeyed claim " + obeyed.get());
        }
    }

    /** A beat that acknowledges no claim. */
    public Beat(
            HostId host,
            Incarnation incarnation,
            HostPhase phase,
            long sequence,
            long recordVersion,
            int membership,
            long epoch,
            Terms terms,
            VmList vms) {
        this(host, incarnation, phase, sequence, recordVersion, membership, epoch, terms, vms, Optional.empty());
    }

    /** Whether this beat is newer than the other; a lower one is never a change (rule 2). */
    public boolean isNewerThan(Beat other) {
        int byLife = incarnation.compareTo(other.incarnation);
        return byLife > 0 || (byLife == 0 && sequence > other.sequence);
    }
}
