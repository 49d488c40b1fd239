package io.quorumfence.agent.core;

import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Promise;
import io.quorumfence.model.SelfFenceMemory;
import io.quorumfence.model.VmId;
import io.quorumfence.record.CellRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What an agent process knows when it starts: tmpfs, shared memory and the kernel.
 *
 * @param bootAgeNs time since the kernel booted, at {@code processStartNs}
 * @param stored the life found on tmpfs with this boot id
 * @param storedJoined whether that life had joined
 * @param latchedCounter highest life latched by the keeper or the agent, 0 if none
 * @param leaseEndNs end of the stored life's lease as the last process left it, {@link Timing#NEVER} if unknown
 * @param endPromised whether anybody may count on an end of the stored life: its keeper held a finite expiry
 * @param promisesIntact the promises file was read in full (an absent file of a fresh boot is intact and empty)
 * @param record the newest record an earlier process of this boot applied; empty when there is none or it is damaged
 * @param clearedCounter the latched life that an earlier process of this boot found cleared, 0 if none
 * @param memory what the self-fence keeps on the local disk; empty when there is none
 * @param memoryIntact false when there may be one that cannot be read
 */
public record BootFacts(
        UUID bootId,
        long processStartNs,
        long bootAgeNs,
        Optional<Incarnation> stored,
        boolean storedJoined,
        long latchedCounter,
        long leaseEndNs,
        boolean endPromised,
        List<Promise> promises,
        boolean promisesIntact,
        Set<VmId> barriers,
        Optional<CellRecord> record,
        long clearedCounter,
        Optional<SelfFenceMemory> memory,
        boolean memoryIntact) {
    public static final long UNKNOWN_NS = Timing.NEVER;

    /** Of a host whose self-fence has kept nothing. */
    public BootFacts(
            UUID bootId,
            long processStartNs,
            long bootAgeNs,
            Optional<Incarnation> stored,
            boolean storedJoined,
            long latchedCounter,
            long leaseEndNs,
            boolean endPromised,
            List<Promise> promises,
            boolean promisesIntact,
            Set<VmId> barriers,
            Optional<CellRecord> record) {
        this(
                bootId,
                processStartNs,
                bootAgeNs,
                stored,
                storedJoined,
                latchedCounter,
                leaseEndNs,
                endPromised,
                promises,
                promisesIntact,
                barriers,
                record,
                0,
                Optional.empty(),
                true);
    }

    /** With the latched life that an earlier process found cleared. */
    public BootFacts cleared(long counter) {
        return with(counter, memory, memoryIntact);
    }

    /** With what the local disk told. */
    public BootFacts with(Optional<SelfFenceMemory> kept, boolean intact) {
        return with(clearedCounter, kept, intact);
    }

    private BootFacts with(long cleared, Optional<SelfFenceMemory> kept, boolean intact) {
        return new BootFacts(
                bootId,
                processStartNs,
                bootAgeNs,
                stored,
                storedJoined,
                latchedCounter,
                leaseEndNs,
                endPromised,
                promises,
                promisesIntact,
                barriers,
                record,
                cleared,
                kept,
                intact);
    }

    public BootFacts {
        promises = List.copyOf(promises);
        barriers = Set.copyOf(barriers);
    }
}
