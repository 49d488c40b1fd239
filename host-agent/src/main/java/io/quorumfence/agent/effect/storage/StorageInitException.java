package io.quorumfence.agent.effect.storage;

/** A storage was not formatted; the message is one line for people: which one, why, what to do. */
public final class StorageInitException extends Exception {
    private final String line;

    StorageInitException(String message) {
        super(message);
        line = message;
    }

    /** The message. */
    public String line() {
        return line;
    }
}
