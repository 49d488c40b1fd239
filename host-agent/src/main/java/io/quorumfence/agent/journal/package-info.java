/** The truth of what was decided: an append-only, hash-chained file of JSON lines. */
@NullMarked
package io.quorumfence.agent.journal;

import org.jspecify.annotations.NullMarked;
