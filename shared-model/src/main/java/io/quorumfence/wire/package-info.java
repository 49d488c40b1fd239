/** Byte layouts of what crosses a storage or a wire. */
@NullMarked
package io.quorumfence.wire;

import org.jspecify.annotations.NullMarked;
