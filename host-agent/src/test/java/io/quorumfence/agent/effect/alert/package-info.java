@NullMarked
package io.quorumfence.agent.effect.alert;

import org.jspecify.annotations.NullMarked;
