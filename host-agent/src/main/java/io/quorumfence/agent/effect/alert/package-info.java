/** Tells people: a webhook and a command hook, aside of everything that a lease needs. */
@NullMarked
package io.quorumfence.agent.effect.alert;

import org.jspecify.annotations.NullMarked;
