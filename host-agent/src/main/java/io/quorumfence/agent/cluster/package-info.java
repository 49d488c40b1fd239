/**
 * The cell's Hazelcast cluster: membership hints and the courtesy lock. Unauthenticated traffic; no safety rests on
 * anything here.
 */
@NullMarked
package io.quorumfence.agent.cluster;

import org.jspecify.annotations.NullMarked;
