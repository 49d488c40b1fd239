@NullMarked
package io.quorumfence.agent.effect.peer;

import org.jspecify.annotations.NullMarked;
