package io.quorumfence.model;

/** A peer's second opinion of a suspect. */
public enum Opinion {
    /** Acknowledged it, or saw its beats change, within the suspicion time: the attempt ends (I5). */
    SEEN,
    SILENT,
    /** The peer cannot judge: no live lease, or its view of the storages is not proven alive. */
    UNFIT
}
