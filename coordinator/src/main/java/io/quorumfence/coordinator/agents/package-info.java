/** The web client to the agents: what they are asked, how their answers are read, how often they are polled. */
@NullMarked
package io.quorumfence.coordinator.agents;

import org.jspecify.annotations.NullMarked;
