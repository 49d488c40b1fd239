package io.quorumfence.coordinator.app;

/** The API's address cannot be served; one clear line. */
public final class CannotListen extends RuntimeException {
    private static final long serialVersionUID = 1;

    CannotListen(String line) {
        super(line, null, false, false);
    }
}
