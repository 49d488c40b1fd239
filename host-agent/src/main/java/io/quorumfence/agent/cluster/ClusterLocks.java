package io.quorumfence.agent.cluster;

import io.quorumfence.model.HostId;

/**
 * The cluster's locks with a lease, one a suspect. They block, for longer than asked when the cluster is in trouble,
 * and belong to the thread that took them: call both methods from one thread only.
 */
interface ClusterLocks {
    /**
     * Takes the lock, waiting for it at most {@code waitMs}; it ends by itself after {@code leaseMs}.
     *
     * @return false when another host holds it
     * @throws RuntimeException when the cluster gave no answer; the lock may have been taken
     */
    boolean tryLock(HostId suspect, long waitMs, long leaseMs) throws InterruptedException;

    /** Gives the lock back; does nothing when it is not, or no longer, this thread's. */
    void unlock(HostId suspect);
}
