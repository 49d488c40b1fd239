package io.quorumfence.record;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Proof;
import io.quorumfence.model.VmId;
import java.util.Set;

/**
 * One decision to be written. Validity is a function of the record it is applied to, so every reader agrees; every
 * change is idempotent, so a proposer whose value was decided by somebody else finds it {@link ChangeResult.Already}
 * true. The rules are in {@link JoinRules}, {@link ClaimRules}, {@link PowerRules},
 * {@link PermitRules}, {@link VmClaimRules}, {@link MoveRules} and {@link ExemptionRules}.
 */
public sealed interface RecordChange {

    ChangeResult applyTo(CellRecord record);

    /** A new life of a host enters the record. A new kernel boot id is also the proof that the old life is gone. */
    record Join(HostId host, Incarnation life) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return JoinRules.join(this, record);
        }
    }

    /**
     * (S, i) is claimed.
     *
     * @param aged tokens older than the storm window on the claimer's own clock; unknown ages are not in it (rule 15)
     * @param stormLimit claims allowed within the window
     */
    record OpenClaim(
            HostId suspect,
            Incarnation life,
            HostId claimer,
            Incarnation claimerLife,
            Set<FenceToken> aged,
            int stormLimit)
            implements RecordChange {
        public OpenClaim {
            aged = Set.copyOf(aged);
        }

        @Override
        public ChangeResult applyTo(CellRecord record) {
            return ClaimRules.open(this, record);
        }
    }

    /** A survivor goes on with an open claim under its own token; never over an open power intent (rule 8). */
    record TakeOver(FenceToken token, HostId from, HostId claimer, Incarnation claimerLife) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return ClaimRules.takeOver(this, record);
        }
    }

    /** The claim is spent: the suspect was seen, or the suspect itself withdraws it while its lease lives. */
    record Withdraw(FenceToken token, HostId by) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return ClaimRules.withdraw(this, record);
        }
    }

    /**
     * The claimer is about to switch the suspect's power. From here on only the same life may go on with the claim:
     * the command cannot be bound to a life of the suspect, so nobody else may believe that none is under way (rule 8).
     */
    record IntendPower(FenceToken token, HostId claimer, Incarnation claimerLife) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return PowerRules.intend(this, record);
        }
    }

    /** No power command of this claim is under way any more, and none will be; the claim is spent. */
    record AbandonPower(FenceToken token, HostId by, Incarnation life) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return PowerRules.abandon(this, record);
        }
    }

    /**
     * Absence is proven. By the holder of a power intent it is also his word that no command of it is under way.
     *
     * @param epoch the gone-set version the proof was judged under; another one voids it (decision 0003)
     */
    record Prove(FenceToken token, HostId claimer, Incarnation claimerLife, long epoch, Proof proof)
            implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return ClaimRules.prove(this, record);
        }
    }

    /** One VM may start on one host, once. */
    record GrantPermit(String requestId, VmId vm, HostId lastHost, HostId destination, PermitBasis basis, long ttlMs)
            implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return PermitRules.grant(this, record);
        }
    }

    /** The destination takes its permit, right before the start. */
    record RedeemPermit(long id, VmId vm, HostId destination, Incarnation life) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return PermitRules.redeem(this, record);
        }
    }

    /**
     * A host claims a VM for itself: it is about to start it, or already runs it. What it held of it before ends with
     * that, so that of every start its own claim tells.
     *
     * @param claim names this wish; the same is never claimed twice
     */
    record TakeClaim(String claim, VmId vm, HostId host, Incarnation life) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return VmClaimRules.take(this, record);
        }
    }

    /**
     * A host is about to take a VM that another one runs: from here on it may be on either (rule 13). Nothing of it
     * begins under this; that is what {@link TakeMoved} is for.
     *
     * @param claim names this wish
     * @param from who holds the VM
     */
    record ReserveMove(String claim, VmId vm, HostId from, HostId host, Incarnation life) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return MoveRules.reserve(this, record);
        }
    }

    /**
     * The process that takes in the VM is about to begin: a claim for its start takes the reservation's place.
     *
     * @param reservation its number
     * @param claim names this wish
     */
    record TakeMoved(long reservation, String claim, VmId vm, HostId host, Incarnation life) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return MoveRules.arrive(this, record);
        }
    }

    /** The permit is over: cancelled, or its VM was verified gone behind the destination's barrier. */
    record EndPermit(long id, boolean verifiedAbsent) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return PermitRules.end(this, record);
        }
    }

    /** The VM is of class ignore: no end of its host stops it, and nobody gets a permit for it. */
    record IgnoreVm(VmId vm, String by, String why) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return ExemptionRules.ignore(this, record);
        }
    }

    /** The VM is protected again for every host that knows of it; permits wait for those that do not. */
    record ProtectVm(VmId vm) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return ExemptionRules.protect(this, record);
        }
    }

    /**
     * This life treats the VM as protected, and keeps that where its next agent finds it.
     *
     * @param turn of the entry it speaks of
     */
    record HearProtected(VmId vm, long turn, HostId host, Incarnation life) implements RecordChange {
        @Override
        public ChangeResult applyTo(CellRecord record) {
            return ExemptionRules.hear(this, record);
        }
    }
}
