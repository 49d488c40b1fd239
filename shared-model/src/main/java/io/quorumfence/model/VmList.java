package io.quorumfence.model;

import java.util.Comparator;
import java.util.List;

/**
 * The VMs a host said it has.
 *
 * @param complete false when the list was cut short or could not be read: it then stands for "any VM" (rule 13)
 */
public record VmList(List<VmId> vms, boolean complete) {
    public static final VmList UNKNOWN = new VmList(List.of(), false);

    public VmList {
        vms = vms.stream().distinct().sorted(Comparator.naturalOrder()).toList();
    }

    /** Whether the VM may be there, an incomplete list included. */
    public boolean mayHold(VmId vm) {
        return !complete || vms.contains(vm);
    }

    public boolean names(VmId vm) {
        return vms.contains(vm);
    }
}
