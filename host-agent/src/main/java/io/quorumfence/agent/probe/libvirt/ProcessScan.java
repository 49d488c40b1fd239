package io.quorumfence.agent.probe.libvirt;

import java.util.List;

/**
 * One look over the process table.
 *
 * @param complete false when a process may be a VM but does not say which, or the table could not be read
 * @param starting libvirt's daemon has forked and the child has not become another program yet: perhaps a VM's start
 * @param note one line, empty when there is nothing to say
 */
record ProcessScan(List<QemuProcess> vms, boolean complete, boolean starting, String note) {
    ProcessScan {
        vms = List.copyOf(vms);
    }
}
