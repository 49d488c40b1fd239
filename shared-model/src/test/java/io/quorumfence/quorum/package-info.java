@NullMarked
package io.quorumfence.quorum;

import org.jspecify.annotations.NullMarked;
