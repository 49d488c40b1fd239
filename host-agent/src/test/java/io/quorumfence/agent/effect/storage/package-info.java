@NullMarked
package io.quorumfence.agent.effect.storage;

import org.jspecify.annotations.NullMarked;
