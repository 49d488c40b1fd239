/** The start gate's pure core: what may start where, decided from what the agents say. */
@NullMarked
package io.quorumfence.coordinator.core;

import org.jspecify.annotations.NullMarked;
