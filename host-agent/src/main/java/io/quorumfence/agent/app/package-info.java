/** Entry point of the host agent: the sole place that builds its adapters. */
@NullMarked
package io.quorumfence.agent.app;

import org.jspecify.annotations.NullMarked;
