/** The lab: a cell of real hosts on one machine, scenarios played on it, and the demonstration. */
@NullMarked
package io.quorumfence.lab;

import org.jspecify.annotations.NullMarked;
