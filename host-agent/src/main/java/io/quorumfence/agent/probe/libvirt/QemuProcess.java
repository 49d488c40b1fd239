package io.quorumfence.agent.probe.libvirt;

import io.quorumfence.model.VmId;

/**
 * A process that runs a VM.
 *
 * @param startTicks start time in clock ticks since boot: with the pid it names one process of this boot
 * @param name the VM's name as the arguments give it, empty if they do not
 * @param incoming it was started to receive a migration
 * @param exiting its memory is gone but the process is not: it may hang in the kernel on its disks
 */
record QemuProcess(VmId vm, long pid, long startTicks, String name, boolean incoming, boolean exiting) {
    QemuProcess asExiting() {
        return new QemuProcess(vm, pid, startTicks, name, incoming, true);
    }
}
