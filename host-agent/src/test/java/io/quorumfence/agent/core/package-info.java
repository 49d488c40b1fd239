/** Schedules for the agent's core that a model has found. */
@NullMarked
package io.quorumfence.agent.core;

import org.jspecify.annotations.NullMarked;
