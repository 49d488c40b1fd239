package io.quorumfence.coordinator.agents;

import io.quorumfence.model.HostId;
import java.util.UUID;

/**
 * An operator's word: this life of the host is dead.
 *
 * @param overridesStorm whether the claim may be made although the storm guard is shut
 */
public record OperatorSays(HostId host, long counter, UUID bootId, String by, String why, boolean overridesStorm) {}
