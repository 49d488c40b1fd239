package io.quorumfence.record;

import io.quorumfence.model.HostId;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** The hosts that were out of every count from one epoch on (rule 15). */
public record GoneSet(long epoch, Set<HostId> gone) {
    public GoneSet {
        gone = Collections.unmodifiableSet(new TreeSet<>(gone));
    }
}
