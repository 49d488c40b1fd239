/** The cell record: one linearizable register over the quorum storages, and the changes it accepts. */
@NullMarked
package io.quorumfence.record;

import org.jspecify.annotations.NullMarked;
