/** The protocol as TLA+ specifications in {@code src/test/tla}, checked by TLC; docs/model.md says what they cover. */
@NullMarked
package io.quorumfence.tla;

import org.jspecify.annotations.NullMarked;
