package io.quorumfence.model.observation;

/** Anything the world tells the core. */
public sealed interface Observation
        permits StorageObservation, PeerObservation, LocalObservation, RequestObservation, EffectObservation {}
