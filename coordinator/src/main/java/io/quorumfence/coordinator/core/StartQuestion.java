package io.quorumfence.coordinator.core;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the caller wants to know: may this VM start there?
 *
 * @param siblings the caller's vetted hosts, may be empty; asked first for the permit
 * @param cell null when the caller leaves it to the hosts' names
 */
public record StartQuestion(
        VmId vm,
        HostId lastHost,
        HostId destination,
        List<HostId> siblings,
        @Nullable CellId cell) {
    public StartQuestion {
        siblings = List.copyOf(siblings);
    }
}
