/** Runs the gate's core: one inbox, one owner, one step; carries its commands out and its answers back. */
@NullMarked
package io.quorumfence.coordinator.shell;

import org.jspecify.annotations.NullMarked;
