package io.quorumfence.agent.effect.storage;

/** This lane must not go on with this storage; the message is one line for people. */
final class LaneShutException extends Exception {
    private final String line;
    private final boolean forGood;

    private LaneShutException(String message, boolean forGood) {
        super(message);
        line = message;
        this.forGood = forGood;
    }

    /** The reason may pass: try again. */
    static LaneShutException forNow(String message) {
        return new LaneShutException(message, false);
    }

    /** The storage or this host's right to it is not what it was: only a new agent process looks again. */
    static LaneShutException forGood(String message) {
        return new LaneShutException(message, true);
    }

    boolean isForGood() {
        return forGood;
    }

    /** The message. */
    String line() {
        return line;
    }
}
