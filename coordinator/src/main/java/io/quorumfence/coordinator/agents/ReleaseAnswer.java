package io.quorumfence.coordinator.agents;

/**
 * What became of an operator's word to a fenced host.
 *
 * @param status of HTTP; 200 when the host may take VMs again
 * @param code stable reason code, empty when it was carried out
 */
public record ReleaseAnswer(int status, String code, String detail) {
    public boolean isDone() {
        return status == 200;
    }
}
