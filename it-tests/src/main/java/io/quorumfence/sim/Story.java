package io.quorumfence.sim;

/** What kind of misfortune a campaign draws from. */
enum Story {
    /** Everything, biased to the deadlines' edges. */
    ANY(false),
    /** One host loses its power for good, and nothing else goes wrong: what the published budget speaks of. */
    POWER_LOSS(false),
    /** One agent crashes, pauses or restarts; everything else is well: nobody may lose a VM. */
    AGENT_TROUBLE(true),
    /** Storages stall for 1 to 60 s, on one host or on all; the network is well: nobody may lose a VM. */
    STORAGE_STALLS(true),
    /** Planes are cut, one way or both, lossy or slow; the storages are well: nobody may lose a VM. */
    NETWORK_TROUBLE(true),
    /** A replication resync: one host's writes stall again and again, for 1 to 60 s, most of them short. */
    RESYNC_ONE(true),
    /** The same resync, felt by every host. */
    RESYNC_ALL(true),
    /** The file server fails over: every storage hangs for 25 s, for everybody. */
    NFS_FAILOVER(true),
    /** A switch reboots: nobody hears anybody for up to 90 s, the storages have a fabric of their own. */
    SWITCH_REBOOT(true),
    /** One rack, up to half of the cell, loses its power, and gets it back minutes later or not at all. */
    RACK_POWER(false),
    /** A host out of memory: everything on it, or only its agent, stops for up to 30 s at a time. */
    SWAP_PAUSES(false),
    /** One host's link goes down and up again every few seconds. */
    FLAPPING_LINK(true),
    /** A host dies; where its VMs start again, storages are slow and agents pause under the burst. */
    RESTART_BURST(false),
    /** One host hears some of the others, and they do not hear it, or the other way round. */
    ONE_WAY_CUT(true),
    /** Clocks change their rate from one allowed edge to the other; what a wall clock says reaches no core. */
    CLOCK_STEPS(true),
    /** Agents are restarted one by one with an edited agent.yaml, as in an upgrade, perhaps twice. */
    ROLLING_CHANGE(true),
    /** A storage comes back whole as it was seconds before; the network is well. */
    STORAGE_RESTORED(true),
    /** A host dies while operators edit configurations, restart agents and give permits back. */
    OPERATORS(false),
    /** One host loses every witness again and again, for minutes: it acts on itself once in a cooldown. */
    WITNESS_LOSS(false);

    private final boolean harmless;

    Story(boolean harmless) {
        this.harmless = harmless;
    }

    /** A witness sees everybody all the time, so nobody may be fenced, reset, or lose a VM. */
    boolean isHarmless() {
        return harmless;
    }
}
