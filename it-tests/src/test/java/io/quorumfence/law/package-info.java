/** The style guide as failing tests: layers, purity, sizes. A law that is not tested here is a wish. */
@NullMarked
package io.quorumfence.law;

import org.jspecify.annotations.NullMarked;
