package io.quorumfence.model;

/** How far a claim has gone, as the suspect reads it in its mailbox. */
public enum MailStage {
    /** Renewals do not count; nothing is stopped. */
    HOLD,
    /** Stop the VMs. */
    EXECUTE
}
