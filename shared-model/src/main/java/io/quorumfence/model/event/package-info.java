/** What was decided, in the past tense, for the journal, metrics and people. */
@NullMarked
package io.quorumfence.model.event;

import org.jspecify.annotations.NullMarked;
