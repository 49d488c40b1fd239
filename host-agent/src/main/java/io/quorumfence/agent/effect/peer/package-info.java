/** Questions to peers over HTTP: second opinions and promises. */
@NullMarked
package io.quorumfence.agent.effect.peer;

import org.jspecify.annotations.NullMarked;
