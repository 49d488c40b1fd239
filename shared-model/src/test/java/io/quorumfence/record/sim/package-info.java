/** A seeded world of hosts and storages around the real register, and the judge of what it does. */
@NullMarked
package io.quorumfence.record.sim;

import org.jspecify.annotations.NullMarked;
