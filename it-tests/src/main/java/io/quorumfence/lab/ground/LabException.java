package io.quorumfence.lab.ground;

/** The lab cannot do what it was asked to. The message is one line for the person at the terminal. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LabException(String message) {
        super(message);
    }

    public LabException(String message, Throwable cause) {
        super(message, cause);
    }
}
