package io.quorumfence.model;

import java.util.Optional;

/**
 * The right to start one VM on one host, once; an entry of the cell record.
 *
 * @param id unique in the cell, drawn from the same rising counter as fence tokens
 * @param requestId the caller's idempotency key: the same key gets the same permit
 * @param claim the proven claim it rests on; empty when a host's own word was the proof
 * @param ttlMs a hint for the destination's clock; expiry alone ends nothing (rule 11)
 */
public record Permit(
        long id,
        String requestId,
        VmId vm,
        HostId lastHost,
        HostId destination,
        Incarnation destinationIncarnation,
        PermitStage stage,
        Rung rung,
        Optional<FenceToken> claim,
        long ttlMs) {
    public static final int REQUEST_ID_MAX = 64;

    public Permit {
        if (requestId.isEmpty() || requestId.length() > REQUEST_ID_MAX) {
            throw new IllegalArgumentException("a request id has 1 to " + REQUEST_ID_MAX + " characters");
        }
    }

    public Permit at(PermitStage next) {
        return new Permit(id, requestId, vm, lastHost, destination, destinationIncarnation, next, rung, claim, ttlMs);
    }

    /** Whether the VM may start or run because of this permit. */
    public boolean isOpen() {
        return stage != PermitStage.ENDED;
    }
}
