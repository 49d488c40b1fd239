/** What the world told the core: the only inputs of a step. */
@NullMarked
package io.quorumfence.model.observation;

import org.jspecify.annotations.NullMarked;
