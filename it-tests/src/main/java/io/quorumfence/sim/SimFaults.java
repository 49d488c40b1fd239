package io.quorumfence.sim;

import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.StorageId;
import java.util.HashSet;
import java.util.Set;

/** What is broken now. */
final class SimFaults {
    record Lane(HostId host, StorageId storage) {}

    record Way(HostId from, HostId to, PlaneId plane) {}

    final Set<Lane> hung = new HashSet<>();
    final Set<Lane> failing = new HashSet<>();
    final Set<Way> cut = new HashSet<>();
    final Set<HostId> sshReachable = new HashSet<>();
    double loss;

    boolean isCut(HostId from, HostId to, PlaneId plane) {
        return cut.contains(new Way(from, to, plane));
    }
}
