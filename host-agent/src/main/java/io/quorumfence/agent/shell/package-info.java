/** The core's surroundings: one inbox, one owner, one step; commands go out, results come back as observations. */
@NullMarked
package io.quorumfence.agent.shell;

import org.jspecify.annotations.NullMarked;
