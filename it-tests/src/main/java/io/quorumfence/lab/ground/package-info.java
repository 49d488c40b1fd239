/** The ground of the lab: boxes, their switch, storages with faults, keys, guests. Knows nothing of scenarios. */
@NullMarked
package io.quorumfence.lab.ground;

import org.jspecify.annotations.NullMarked;
