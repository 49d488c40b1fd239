package io.quorumfence.agent.effect.storage;

/** A storage was not formatted; the message is one line for people: which one, why, what to do. */
public final class StorageInitException extends Exception {
    StorageInitException(String message) {
        super(message);
    }
}
