package io.quorumfence.coordinator.core;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Rung;
import java.util.UUID;

/** What a permit shall rest on, as the agents are told. */
public sealed interface Basis {

    /** The last host's own word, in this life of it. */
    record HostWord(HostId host, long counter, UUID bootId, Rung rung) implements Basis {}

    /** A claim that the record shows proven. */
    record Proven(FenceToken token) implements Basis {}
}
