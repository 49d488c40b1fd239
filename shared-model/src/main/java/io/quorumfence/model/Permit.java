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
    /** Begins the request id of a permit that a host took for itself, for a start of its own. */
    public static final String START_CLAIM = "hook-start-";
    /** The same for a VM that ran there already. */
    public static final String RUN_CLAIM = "hook-run-";
    /** The same for a VM that is about to come by a migration: of it nothing is there yet. */
    public static final String MOVE_CLAIM = "hook-move-";

    public Permit {
        if (requestId.isEmpty() || requestId.length() > REQUEST_ID_MAX) {
            throw new IllegalArgumentException("a request id has 1 to " + REQUEST_ID_MAX + " characters");
        }
    }

    public Permit at(PermitStage next) {
        return new Permit(id, requestId, vm, lastHost, destination, destinationIncarnation, next, rung, claim, ttlMs);
    }

    /** Whether a caller may not have this id: it is for a host's own claims, which are judged otherwise. */
    public static boolean isReserved(String requestId) {
        return requestId.startsWith(START_CLAIM) || requestId.startsWith(RUN_CLAIM) || requestId.startsWith(MOVE_CLAIM);
    }

    /** Whether its destination took it for itself, at its hook's question. */
    public boolean isClaim() {
        return isStartClaim() || requestId.startsWith(RUN_CLAIM) || isMove();
    }

    /**
     * Whether it only says that the VM may come: before a process of it begins here, a claim for that start takes its
     * place.
     */
    public boolean isMove() {
        return requestId.startsWith(MOVE_CLAIM);
    }

    public boolean isStartClaim() {
        return requestId.startsWith(START_CLAIM);
    }

    /** Whether it is in force in this life of its destination. */
    public boolean isHeldBy(HostId host, Incarnation life) {
        return stage == PermitStage.REDEEMED && destination.equals(host) && destinationIncarnation.equals(life);
    }

    /** Whether the VM may start or run because of this permit. */
    public boolean isOpen() {
        return stage != PermitStage.ENDED;
    }
}
