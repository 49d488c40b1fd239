@NullMarked
package io.quorumfence.wire;

import org.jspecify.annotations.NullMarked;
