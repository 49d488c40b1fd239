package io.quorumfence.record;

import io.quorumfence.model.HostId;
import java.util.Set;

/** The hosts that were out of every count from one epoch on (rule 15). */
public record GoneSet(long epoch, Set<HostId> gone) {
    public GoneSet {
        gone = Set.copyOf(gone);
    }
}
