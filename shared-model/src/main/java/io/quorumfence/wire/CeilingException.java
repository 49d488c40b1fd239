package io.quorumfence.wire;

/** A value is larger than its block; the message is one line for people that names both sizes. */
public final class CeilingException extends RuntimeException {
    private final String line;

    CeilingException(String message) {
        super(message);
        line = message;
    }

    /** The message. */
    public String line() {
        return line;
    }
}
