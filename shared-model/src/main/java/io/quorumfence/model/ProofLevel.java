package io.quorumfence.model;

/** How much a proof proves (rule 1). */
public enum ProofLevel {
    /** No protected VM of the incarnation can write any more; releases VMs only. */
    VMS_GONE,
    /** Nothing of the incarnation runs; the host also leaves the counts. */
    HOST_GONE
}
