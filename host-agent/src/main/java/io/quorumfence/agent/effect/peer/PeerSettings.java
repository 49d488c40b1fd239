package io.quorumfence.agent.effect.peer;

import io.quorumfence.agent.api.TlsFiles;
import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Member;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where peers are, and how long a question to one may take.
 *
 * @param doors for each peer its addresses in the configured order of the planes
 * @param hedge wait for the answer by one plane before the next is tried as well
 * @param deadline longest time of a whole call
 */
public record PeerSettings(Map<HostId, List<Door>> doors, int port, TlsFiles tls, Duration hedge, Duration deadline) {
    public static final Duration HEDGE = Duration.ofMillis(250);
    public static final Duration DEADLINE = Duration.ofMillis(1500);

    /** One address of a peer. */
    public record Door(PlaneId plane, String address) {
        @Override
        public String toString() {
            return plane + " " + address;
        }
    }

    public PeerSettings {
        doors = Map.copyOf(doors);
    }

    /** Every other member of the cell, with the published times. */
    public static PeerSettings of(CellConfig cell, int port, TlsFiles tls) {
        Map<HostId, List<Door>> doors = cell.members().stream()
                .filter(member -> !member.host().equals(cell.host()))
                .collect(Collectors.toMap(Member::host, member -> doors(cell, member)));
        return new PeerSettings(doors, port, tls, HEDGE, DEADLINE);
    }

    private static List<Door> doors(CellConfig cell, Member member) {
        return cell.planes().stream()
                .flatMap(plane ->
                        Stream.ofNullable(member.addresses().get(plane)).map(address -> new Door(plane, address)))
                .toList();
    }
}
