/** Tests that build and drive the real native programs. */
@org.jspecify.annotations.NullMarked
package io.quorumfence.agent.natives;
