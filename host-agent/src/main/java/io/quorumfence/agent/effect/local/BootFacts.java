package io.quorumfence.agent.effect.local;

import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Promise;
import io.quorumfence.model.VmId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * What this host knows of itself when an agent starts: all that earlier agents of the same kernel boot kept on tmpfs.
 * What cannot be read is unknown and says so; it is never taken for nothing.
 *
 * @param life the incarnation an earlier agent of this boot lived; empty if there was none or it cannot be read: the
 *     host then joins as a new one
 * @param promises in force when they were written
 * @param promisesIntact false when promises may have been made that are not in the list: acknowledge nobody before the
 *     cell record has been read
 * @param barriers VMs that must not start here without a permit
 * @param barriersIntact false when there may be more: no protected VM may start
 * @param fenceBarrier token of the barrier that a sibling's fence put up, if there is one; 0 if it cannot be read
 * @param latchedCounter highest latched incarnation counter, by the keeper or by an agent; 0 if none
 * @param clearedCounter the latched life that an earlier agent found cleared; 0 if none, or if it cannot be read
 * @param leaseEndNs end of the lease of {@code life} (CLOCK_MONOTONIC_RAW), if it is known
 * @param endPromised the keeper held a finite expiry for {@code life}, or what it held is unknown
 * @param notes one line each for the log: what was odd
 */
public record BootFacts(
        UUID bootId,
        Optional<Life> life,
        List<Promise> promises,
        boolean promisesIntact,
        Set<VmId> barriers,
        boolean barriersIntact,
        OptionalLong fenceBarrier,
        long latchedCounter,
        long clearedCounter,
        OptionalLong leaseEndNs,
        boolean endPromised,
        List<String> notes) {

    /**
     * An incarnation of this boot.
     *
     * @param joined whether its JOIN had been decided
     */
    public record Life(Incarnation incarnation, boolean joined) {}

    public BootFacts {
        promises = List.copyOf(promises);
        barriers = Set.copyOf(barriers);
        notes = List.copyOf(notes);
    }
}
