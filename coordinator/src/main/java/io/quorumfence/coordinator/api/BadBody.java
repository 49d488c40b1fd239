package io.quorumfence.coordinator.api;

/** A request is not what the contract says; the message names the field. */
final class BadBody extends Exception {
    private static final long serialVersionUID = 1;

    BadBody(String message) {
        super(message, null, false, false);
    }
}
