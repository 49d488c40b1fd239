package io.quorumfence.agent.effect.storage;

import java.io.IOException;

/** The lane's process is gone or cannot be understood any more; the message is one line for people. */
final class LaneGoneException extends IOException {
    private static final int HELD = 3;

    private final String line;
    private final int exitCode;

    LaneGoneException(String message, int exitCode) {
        super(message);
        line = message;
        this.exitCode = exitCode;
    }

    /** Whether a predecessor's process still holds the lane's lock. */
    boolean isHeldByPredecessor() {
        return exitCode == HELD;
    }

    /** The message. */
    String line() {
        return line;
    }
}
