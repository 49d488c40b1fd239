package io.quorumfence.model.command;

/** Anything the core asks of the shell. */
public sealed interface Command permits StorageCommand, PeerCommand, LocalCommand, ReplyCommand {

    /**
     * Whether the events of the step must be on disk before this runs (promises, ballots, permits, fences). Beats,
     * acknowledgements, reads, self-fence and the keeper never wait for the journal.
     */
    boolean needsFlush();
}
