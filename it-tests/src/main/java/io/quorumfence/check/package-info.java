/** Judges invariants I1 to I8 over the evidence of a run; pure, used by whoever can gather such evidence. */
@NullMarked
package io.quorumfence.check;

import org.jspecify.annotations.NullMarked;
