package io.quorumfence.agent.probe.libvirt;

import java.util.List;

/**
 * libvirt's active domains.
 *
 * @param complete false when libvirt did not give its whole list: then it says nothing of absence
 * @param note one line, empty when there is nothing to say
 */
record DomainList(List<DomainSeen> domains, boolean complete, String note) {
    /** For a host whose VMs are not libvirt's. */
    static final DomainList NOT_ASKED = new DomainList(List.of(), true, "");

    DomainList {
        domains = List.copyOf(domains);
    }

    static DomainList unknown(String note) {
        return new DomainList(List.of(), false, note);
    }
}
