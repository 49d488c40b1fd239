@NullMarked
package io.quorumfence.agent.probe.clock;

import org.jspecify.annotations.NullMarked;
