/** The coordinator's REST: strict in what it takes, problem+json for what it refuses. Decides nothing. */
@NullMarked
package io.quorumfence.coordinator.api;

import org.jspecify.annotations.NullMarked;
