package io.quorumfence.agent.core;

import io.quorumfence.model.Terms;
import java.util.Optional;

/**
 * A promise a claimer holds.
 *
 * @param lastSeenNs arrival of the promise minus its age, on the claimer's clock
 * @param epoch newest gone-set version the suspect had shown to the promiser, 0 if none
 */
record HeldPromise(long lastSeenNs, Optional<Terms> terms, long epoch) {}
