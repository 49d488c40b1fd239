package io.quorumfence.model.command;

/** Anything the core asks of the shell. */
public sealed interface Command permits StorageCommand, PeerCommand, LocalCommand, ReplyCommand {

    /**
     * Whether the events of the step must be on disk before this runs (promises, ballots, permits, fences). Beats,
     * acknowledgements, reads, self-fence and the keeper never wait for the journal.
     */
    boolean needsFlush();

    /**
     * Whether it ends VMs or this host, so that the reason should be on disk before it. It waits for that a short bound
     * at most, whatever the journal's disk does: what has to end ends.
     */
    default boolean wantsReasonFirst() {
        return false;
    }
}
