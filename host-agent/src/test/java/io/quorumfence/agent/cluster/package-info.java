@NullMarked
package io.quorumfence.agent.cluster;

import org.jspecify.annotations.NullMarked;
