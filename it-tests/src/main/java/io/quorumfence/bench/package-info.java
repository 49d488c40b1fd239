/** The commands behind every figure in bench/README.md. They print one JSON object a line and judge nothing. */
@NullMarked
package io.quorumfence.bench;

import org.jspecify.annotations.NullMarked;
