@NullMarked
package io.quorumfence.agent.probe.net;

import org.jspecify.annotations.NullMarked;
