/**
 * The storage lanes: one process and one thread per quorum storage, and nobody else touches it. Adapters: they encode,
 * carry out and decode, and decide nothing but whether this storage is still the one they opened.
 */
@NullMarked
package io.quorumfence.agent.effect.storage;

import org.jspecify.annotations.NullMarked;
