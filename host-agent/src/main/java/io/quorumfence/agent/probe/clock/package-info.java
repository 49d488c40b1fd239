/** The host's clocks, read through one port: timers only wake, the core compares. */
@NullMarked
package io.quorumfence.agent.probe.clock;

import org.jspecify.annotations.NullMarked;
