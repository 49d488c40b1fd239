package io.quorumfence.sim;

/** What kind of misfortune a campaign draws from. */
enum Story {
    /** Everything, biased to the deadlines' edges. */
    ANY,
    /** One host loses its power for good, and nothing else goes wrong: what the published budget speaks of. */
    POWER_LOSS,
    /** One agent crashes, pauses or restarts; everything else is well: nobody may lose a VM. */
    AGENT_TROUBLE,
    /** Storages stall for 1 to 60 s, on one host or on all; the network is well: nobody may lose a VM. */
    STORAGE_STALLS,
    /** Planes are cut, one way or both, lossy or slow; the storages are well: nobody may lose a VM. */
    NETWORK_TROUBLE
}
