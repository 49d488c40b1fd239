/**
 * The agent's decisions: lease, suspicion, declaration, ladder, promises, permits. Pure: no clock, thread, file,
 * network, logger or chance in here; time is a parameter.
 */
@NullMarked
package io.quorumfence.agent.core;

import org.jspecify.annotations.NullMarked;
