/** Tests of the judge. */
@NullMarked
package io.quorumfence.check;

import org.jspecify.annotations.NullMarked;
