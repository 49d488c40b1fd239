package io.quorumfence.agent.probe.libvirt;

import io.quorumfence.model.VmId;

/**
 * An active domain, as libvirt sees it.
 *
 * @param state one of the words of {@link DomainStates}
 * @param inFlight its start or its incoming migration has not finished
 */
record DomainSeen(VmId vm, String name, String state, boolean inFlight) {}
