package io.quorumfence.agent.api;

/** JSON that is not what the contract says. The message is one line that names the field; it goes to the caller. */
public final class MalformedJson extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedJson(String message) {
        super(message);
    }
}
