package io.quorumfence.agent.app;

/** Why the agent cannot start: one clear line, what, where and what to do. */
public final class StartException extends RuntimeException {
    /** The configuration, or what it names, is wrong: somebody has to change it. */
    public static final int CONFIG = 78;
    /** The configuration is right, what it names is not to be had now. */
    public static final int UNAVAILABLE = 69;

    private static final long serialVersionUID = 1;

    private final int exitCode;

    public StartException(String line) {
        this(line, CONFIG);
    }

    private StartException(String line, int exitCode) {
        super(line);
        this.exitCode = exitCode;
    }

    public StartException(String line, Throwable cause) {
        super(line, cause);
        this.exitCode = CONFIG;
    }

    public static StartException unavailable(String line) {
        return new StartException(line, UNAVAILABLE);
    }

    public int exitCode() {
        return exitCode;
    }
}
