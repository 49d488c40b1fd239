package io.quorumfence.config;

import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import java.util.Map;
import java.util.Optional;

/** One configured host of the cell; its position in the member list is its host index. */
public record Member(HostId host, Map<PlaneId, String> addresses, Optional<SshTarget> ssh) {
    public Member {
        addresses = Map.copyOf(addresses);
    }
}
