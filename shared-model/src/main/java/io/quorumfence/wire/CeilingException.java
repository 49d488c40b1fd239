package io.quorumfence.wire;

/** A value is larger than its block; the message is one line for people that names both sizes. */
public final class CeilingException extends RuntimeException {
    CeilingException(String message) {
        super(message);
    }
}
