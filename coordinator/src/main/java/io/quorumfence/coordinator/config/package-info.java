/** The coordinator's configuration: one file, unknown keys refused by name. */
@NullMarked
package io.quorumfence.coordinator.config;

import org.jspecify.annotations.NullMarked;
