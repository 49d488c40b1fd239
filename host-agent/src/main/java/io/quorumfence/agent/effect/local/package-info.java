/** Effects on this host: the keeper's shared memory, the agent's state on tmpfs, the stop of its VMs. */
@NullMarked
package io.quorumfence.agent.effect.local;

import org.jspecify.annotations.NullMarked;
