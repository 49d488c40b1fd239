package io.quorumfence.model;

/**
 * What one claimer wrote for one suspect on one storage; single writer (rule 5).
 *
 * @param suspectCounter the claim binds every incarnation up to this one
 * @param recordVersion the record version in which the claim was decided: the suspect reads at least that far
 */
public record MailEntry(
        HostId claimer, HostId suspect, long suspectCounter, FenceToken token, MailStage stage, long recordVersion) {

    /** Whether the entry speaks of this incarnation: a claim on (S, c) binds every i up to c, none above (rule 3). */
    public boolean binds(Incarnation incarnation) {
        return incarnation.counter() <= suspectCounter;
    }
}
