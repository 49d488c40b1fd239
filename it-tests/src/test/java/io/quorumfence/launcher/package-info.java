/** The launcher {@code qf}, run for real against a checkout and tools that are stand-ins. */
@NullMarked
package io.quorumfence.launcher;

import org.jspecify.annotations.NullMarked;
