/** Configuration values that check themselves and each other. */
@NullMarked
package io.quorumfence.config;

import org.jspecify.annotations.NullMarked;
