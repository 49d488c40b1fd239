package io.quorumfence.model;

/**
 * One heartbeat, as it lies in the host's own slot of a quorum storage.
 *
 * @param sequence grows with every beat of one incarnation; only a change of (incarnation, sequence) is evidence
 * @param recordVersion the newest decided record version this host has applied
 * @param membership version of the member and storage lists the host counts with (rule 14)
 * @param epoch version of the set of gone hosts the host counts with (rule 15, decision 0003)
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
        VmList vms) {

    /** Whether this beat is newer than the other; a lower one is never a change (rule 2). */
    public boolean isNewerThan(Beat other) {
        int byLife = incarnation.compareTo(other.incarnation);
        return byLife > 0 || (byLife == 0 && sequence > other.sequence);
    }
}
