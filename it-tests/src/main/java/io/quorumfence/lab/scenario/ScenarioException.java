package io.quorumfence.lab.scenario;

/** A scenario file says something that cannot be played. The message begins with file and line. */
public final class ScenarioException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ScenarioException(String message) {
        super(message);
    }
}
