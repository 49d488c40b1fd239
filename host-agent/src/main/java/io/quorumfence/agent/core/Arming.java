package io.quorumfence.agent.core;

/**
 * Whether the keeper holds a finite expiry, and whether peers know. Rule 4: stronger terms reach the keeper first, then
 * go out; weaker ones take effect after both majorities have them. Rule 12: nothing starts before ARMED.
 */
final class Arming {
    /** UNARMED -> ARMING -> ARMED -> DISARMING -> UNARMED; DISARMING -> ARMING. */
    enum State {
        UNARMED,
        ARMING,
        ARMED,
        DISARMING
    }

    State state = State.UNARMED;
    /** Grows with every change of the published terms; lanes and rounds remember which one they carried. */
    long termsVersion = 1;

    boolean published() {
        return state == State.ARMING || state == State.ARMED;
    }

    boolean bounded() {
        return state != State.UNARMED;
    }

    Arming copy() {
        Arming twin = new Arming();
        twin.state = state;
        twin.termsVersion = termsVersion;
        return twin;
    }
}
