package io.quorumfence.model;

/**
 * What the record knows of one host's newest life.
 *
 * @param gone HOST_GONE was proven for this life: the host is out of every count until it joins anew (rule 15)
 */
public record HostEntry(HostId host, Incarnation incarnation, boolean gone) {}
