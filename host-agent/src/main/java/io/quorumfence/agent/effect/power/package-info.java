/** Fence devices: standard fence agents, asked through {@code qf-power}. */
@NullMarked
package io.quorumfence.agent.effect.power;

import org.jspecify.annotations.NullMarked;
