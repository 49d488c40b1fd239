package io.quorumfence.sim;

import java.util.Optional;

/**
 * One thing that goes wrong. Plain data, so that a schedule can be printed, cut down and run again.
 *
 * @param atNs true time from the schedule's start
 * @param forNs how long it lasts; {@link #FOR_GOOD} when it is not undone before the end
 * @param host index of the host it strikes
 * @param other second index where the kind needs one: a peer, a storage, a plane, a count of commands, a change
 * @param aim the deadline beside which it strikes, looked up {@code atNs}; empty when it strikes just then
 */
record Fault(Kind kind, long atNs, long forNs, int host, int other, Optional<Aim> aim) {
    Fault(Kind kind, long atNs, long forNs, int host, int other) {
        this(kind, atNs, forNs, host, other, Optional.empty());
    }

    static final long FOR_GOOD = Long.MAX_VALUE / 4;

    /** What goes wrong. */
    enum Kind {
        POWER_LOSS,
        AGENT_CRASH,
        JVM_PAUSE,
        FREEZE,
        KEEPER_STOP,
        KEEPER_DEATH,
        /** Both ways, to everybody, on one plane. */
        PLANE_CUT,
        /** Every plane and every storage. */
        ISOLATION,
        NETWORK_CUT,
        /** One way, to one peer, on every plane. */
        DEAF_TO_PEER,
        PEER_PAIR_CUT,
        STORAGES_HANG,
        STORAGE_HANGS,
        STORAGE_HANGS_FOR_ALL,
        STORAGE_FAILS,
        STORAGE_SLOW,
        LANE_DEATH,
        LIBVIRT_HANGS,
        VM_IN_D_STATE,
        SHELL_OPEN,
        SHELL_SHUT,
        JOURNAL_BROKEN,
        JOURNAL_SLOW,
        VM_STOPS,
        LOSSY,
        DUPLICATES,
        SLOW_NETWORK,
        TORN_READS,
        /** An operator edits agent.yaml and restarts the agent. */
        CONFIG_CHANGE,
        /** The same on every host, one after the other. */
        ROLLING_CHANGE,
        /** An operator gives back the newest open permit, whoever may be about to use it. */
        PERMIT_ENDED,
        /** An operator sees that it has no power, and tells every agent that the life on his screen is dead. */
        CONFIRM_DEAD,
        /** A storage as it is now comes back later: a snapshot, a restored backup. */
        STORAGE_GOES_BACK,
        /** From now on its clock runs at an edge of what is allowed: -1, 0 or 1 times rho. */
        CLOCK_RATE,
        /** An operator switches its reaction off, and on again afterwards. */
        DISARM,
        /** Somebody starts a VM there and asks nobody; only where a hook asks. */
        RAW_START,
        /** Somebody migrates one of its VMs to another host; only where hooks ask. */
        MIGRATION,
        /** An operator asks this host's agent that a VM is of class ignore, or protected again. */
        VM_IGNORED,
        VM_PROTECTED
    }

    @Override
    public String toString() {
        String span = forNs == FOR_GOOD ? "for good" : "for " + forNs / SimCell.MILLI + " ms";
        String at = " at " + atNs / SimCell.MILLI + " ms "
                + aim.map(one -> one + " ").orElse("");
        return kind + " h" + (host + 1) + "/" + other + at + span;
    }
}
