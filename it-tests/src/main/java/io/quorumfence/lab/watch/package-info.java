/** Observers of a running lab, all outside the boxes: disks, processes, the agents' status. One clock for all. */
@NullMarked
package io.quorumfence.lab.watch;

import org.jspecify.annotations.NullMarked;
