/** The command line of the product. Talks HTTP like any other caller; decides nothing. */
@NullMarked
package io.quorumfence.coordinator.cli;

import org.jspecify.annotations.NullMarked;
