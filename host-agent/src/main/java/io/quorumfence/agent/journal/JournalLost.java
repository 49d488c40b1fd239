package io.quorumfence.agent.journal;

/** Why an append did not reach the disk: whoever waits for it must not act on it. */
public final class JournalLost extends Exception {
    private static final long serialVersionUID = 1;

    JournalLost(String message) {
        super(message);
    }
}
