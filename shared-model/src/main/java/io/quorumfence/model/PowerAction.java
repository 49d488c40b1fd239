package io.quorumfence.model;

/** What a fence device is asked for. Nothing that begins with a friendly request, and nothing that ends in *on*. */
public enum PowerAction {
    OFF,
    /** Changes nothing. */
    STATUS
}
