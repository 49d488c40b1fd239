/** What an agent said of itself and of the hosts it sees, as values; parsed elsewhere. */
@NullMarked
package io.quorumfence.coordinator.core.status;

import org.jspecify.annotations.NullMarked;
