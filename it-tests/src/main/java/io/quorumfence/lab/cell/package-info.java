/** A lab cell in operation: booted, watched, asked. What scenarios and the demonstration are played on. */
@NullMarked
package io.quorumfence.lab.cell;

import org.jspecify.annotations.NullMarked;
