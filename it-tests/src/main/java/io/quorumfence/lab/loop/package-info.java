/** The loopback cell: real agents and a real coordinator, hosts that are groups of plain processes. Needs no root. */
@NullMarked
package io.quorumfence.lab.loop;

import org.jspecify.annotations.NullMarked;
