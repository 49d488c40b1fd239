@NullMarked
package io.quorumfence.record;

import org.jspecify.annotations.NullMarked;
