/** The agent's HTTP: what it serves, who may ask, and the JSON that both ends of a peer call share. */
@NullMarked
package io.quorumfence.agent.api;

import org.jspecify.annotations.NullMarked;
