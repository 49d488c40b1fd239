/** The history of decisions. It informs and it makes ALLOW sticky over restarts; it is not what makes a permit. */
@NullMarked
package io.quorumfence.coordinator.store;

import org.jspecify.annotations.NullMarked;
