/** Pure set arithmetic: majorities, blocking sets, the storm share. */
@NullMarked
package io.quorumfence.quorum;

import org.jspecify.annotations.NullMarked;
