/** Fakes: agents that speak the agents' HTTP contract over real mutual TLS, and decide nothing for real. */
@NullMarked
package io.quorumfence.coordinator.fake;

import org.jspecify.annotations.NullMarked;
