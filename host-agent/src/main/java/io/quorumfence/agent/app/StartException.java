package io.quorumfence.agent.app;

/** Why the agent cannot start: one clear line, what, where and what to do. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StartException(String line) {
        super(line);
    }

    public StartException(String line, Throwable cause) {
        super(line, cause);
    }
}
