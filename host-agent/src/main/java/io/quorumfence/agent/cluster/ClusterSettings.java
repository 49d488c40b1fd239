package io.quorumfence.agent.cluster;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Member;
import io.quorumfence.model.CellId;
import io.quorumfence.model.PlaneId;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the cluster needs of the configuration.
 *
 * @param own this host's address; nothing listens on another
 * @param members addresses of all configured hosts, this one included; nobody else is looked for
 */
public record ClusterSettings(CellId cell, String own, List<String> members, int port) {
    public ClusterSettings {
        members = List.copyOf(members);
    }

    /** On the first configured plane. */
    public static ClusterSettings of(CellConfig cell, int port) {
        PlaneId plane = cell.planes().get(0);
        Member self = cell.members().get(cell.indexOf(cell.host()));
        return new ClusterSettings(
                cell.cell(),
                address(self, plane)
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "host " + cell.host() + " has no address on plane " + plane)),
                cell.members().stream()
                        .flatMap(member -> address(member, plane))
                        .toList(),
                port);
    }

    private static Stream<String> address(Member member, PlaneId plane) {
        return Stream.ofNullable(member.addresses().get(plane));
    }
}
