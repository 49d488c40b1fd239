/** The shape of a pure core. */
@NullMarked
package io.quorumfence.step;

import org.jspecify.annotations.NullMarked;
