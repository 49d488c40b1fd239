package io.quorumfence.agent.effect.local;

import io.quorumfence.model.VmId;
import java.util.Set;
import java.util.stream.Collectors;

/** The last words of the line that the fence helper is asked with. */
public final class HelperLine {
    private HelperLine() {}

    /**
     * What the helper leaves alone. Nothing is written where there is nothing, so that an older helper, which refuses
     * a line that it does not know, goes on where nobody uses this.
     */
    public static String spares(Set<VmId> vms) {
        return vms.isEmpty()
                ? ""
                : vms.stream().sorted().map(VmId::toString).collect(Collectors.joining(",", " keep=", ""));
    }
}
