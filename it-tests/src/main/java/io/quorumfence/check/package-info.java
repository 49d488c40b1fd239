/** Invariants over journals, used by the simulator and by the lab. */
@NullMarked
package io.quorumfence.check;

import org.jspecify.annotations.NullMarked;
