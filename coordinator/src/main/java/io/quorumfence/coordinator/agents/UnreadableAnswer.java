package io.quorumfence.coordinator.agents;

/** An agent's answer does not have the agreed form; the message names the field. */
final class UnreadableAnswer extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableAnswer(String message) {
        super(message, null, false, false);
    }
}
