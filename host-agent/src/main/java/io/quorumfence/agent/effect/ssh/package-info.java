/** The rung sibling-ssh: go to the suspect, end its VMs, verify. */
@NullMarked
package io.quorumfence.agent.effect.ssh;

import org.jspecify.annotations.NullMarked;
