package io.quorumfence.sim;

import java.util.OptionalLong;

/**
 * A fault point relative to a deadline that really runs: just before it, at it, just after it. What a schedule draws in
 * advance can only guess when a lease was last renewed; here it is looked up.
 *
 * @param host index of the host whose deadline it is
 * @param offsetNs negative: before it
 */
record Aim(Deadline deadline, int host, long offsetNs) {
    /** What runs out. */
    enum Deadline {
        LEASE_END,
        /** Where the keeper feeds no more: lease end and the action's time. */
        ACT_END,
        WATCHDOG,
        SUSPICION,
        TAKEOVER,
        /** Of the newest permit for this host. */
        PERMIT_EXPIRY
    }

    /** True time at which to strike; empty when no such deadline runs. */
    OptionalLong dueNs(SimCell cell) {
        SimHost at = cell.host(host);
        if (!at.powered) {
            return OptionalLong.empty();
        }
        OptionalLong due = switch (deadline) {
            case LEASE_END -> at.trueAt(at.tmpfs.leaseEndNs);
            case ACT_END -> at.trueAt(at.keeper.expiryNs());
            case WATCHDOG -> at.trueAt(at.keeper.expiryNs() + at.keeper.watchdogNs());
            case SUSPICION ->
                afterSilence(cell, at, at.config.deadlines().suspect().toNanos());
            case TAKEOVER -> afterSilence(cell, at, SimCell.takeoverNs(at.config));
            case PERMIT_EXPIRY -> cell.oracle.permitExpiryNs(at);
        };
        return due.isPresent() ? OptionalLong.of(due.getAsLong() + offsetNs) : due;
    }

    private static OptionalLong afterSilence(SimCell cell, SimHost host, long spanNs) {
        long last = cell.oracle.sightings.any(host.index);
        return last == Sightings.NEVER ? OptionalLong.empty() : OptionalLong.of(last + spanNs);
    }

    @Override
    public String toString() {
        return offsetNs / SimCell.MILLI + " ms from " + deadline + " of h" + (host + 1);
    }
}
