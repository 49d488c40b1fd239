package io.quorumfence.coordinator.agents;

import io.quorumfence.model.HostId;

/**
 * What one agent made of an operator's word that another host is dead.
 *
 * @param code stable reason code, empty when it took the word
 */
public record ConfirmAnswer(HostId agent, String code, String detail) {
    public boolean isTaken() {
        return code.isEmpty();
    }
}
