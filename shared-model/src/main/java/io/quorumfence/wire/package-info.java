/**
 * Byte layouts of what crosses a storage or a wire (docs/storage-format.md). Pure: no file, no socket, no clock.
 * Everything is little endian and carries a keyed MAC; what fails a check is unknown and never empty.
 */
@NullMarked
package io.quorumfence.wire;

import org.jspecify.annotations.NullMarked;
