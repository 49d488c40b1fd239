package io.quorumfence.coordinator.core.status;

import io.quorumfence.model.VmId;
import java.util.List;
import java.util.Optional;

/**
 * The VMs that a host lists itself.
 *
 * @param complete false when the host could not list them all: it may then have any VM
 */
public record OwnVms(List<OwnVm> vms, boolean complete) {
    public OwnVms {
        vms = List.copyOf(vms);
    }

    public Optional<OwnVm> find(VmId vm) {
        return vms.stream().filter(own -> own.vm().equals(vm)).findFirst();
    }

    /** One VM of the list. */
    public record OwnVm(VmId vm, String name, long pid, String state) {}
}
