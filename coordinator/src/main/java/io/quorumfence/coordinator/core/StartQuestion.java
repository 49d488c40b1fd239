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
 * @param priority of requests that wait for their turn, the higher one starts first
 * @param cell null when the caller leaves it to the hosts' names
 */
public record StartQuestion(
        VmId vm,
        HostId lastHost,
        HostId destination,
        List<HostId> siblings,
        @Nullable CellId cell,
        int priority) {
    /** Priorities are from minus this to this. */
    public static final int PRIORITY_MAX = 1_000;

    public StartQuestion {
        siblings = List.copyOf(siblings);
    }

    /** A question of no particular priority. */
    public StartQuestion(VmId vm, HostId lastHost, HostId destination, List<HostId> siblings, @Nullable CellId cell) {
        this(vm, lastHost, destination, siblings, cell, 0);
    }

    /** Whether the answer to this one answers the other: the priority only says when. */
    boolean isSameAs(StartQuestion other) {
        return new StartQuestion(vm, lastHost, destination, siblings, cell, other.priority).equals(other);
    }
}
