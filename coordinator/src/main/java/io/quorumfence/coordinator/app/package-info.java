/** Entry point of the coordinator: the sole place that builds its adapters. */
@NullMarked
package io.quorumfence.coordinator.app;

import org.jspecify.annotations.NullMarked;
