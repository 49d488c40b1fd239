/** A cell in virtual time: simulated clocks, disks, networks, hypervisors and watchdogs around the production cores. */
@NullMarked
package io.quorumfence.sim;

import org.jspecify.annotations.NullMarked;
