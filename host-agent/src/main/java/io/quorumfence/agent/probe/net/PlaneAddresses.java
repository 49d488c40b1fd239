package io.quorumfence.agent.probe.net;

import io.netty.util.NetUtil;
import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Member;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which host has which address on which plane. Only address literals are taken: a name would be looked up on the event
 * loop, and whoever answers for it could choose the sender. Immutable.
 */
final class PlaneAddresses {
    private record Place(PlaneId plane, HostId host) {}

    private final Map<Place, InetAddress> addresses = new HashMap<>();

    /** Refuses an address that is not a literal, by name. */
    PlaneAddresses(CellConfig cell) {
        for (Member member : cell.members()) {
            member.addresses()
                    .forEach((plane, text) -> addresses.put(
                            new Place(plane, member.host()),
                            literal(text)
                                    .orElseThrow(() -> new IllegalArgumentException("address '" + text + "' of host "
                                            + member.host() + " on plane " + plane + " is not an IP address"))));
        }
    }

    /** The address in its one normal form, empty when the host is not on that plane. */
    Optional<String> of(PlaneId plane, HostId host) {
        return Optional.ofNullable(addresses.get(new Place(plane, host))).map(InetAddress::getHostAddress);
    }

    /** Whether the text is the host's address on that plane. */
    boolean matches(PlaneId plane, HostId host, String source) {
        return literal(source)
                .filter(address -> address.equals(addresses.get(new Place(plane, host))))
                .isPresent();
    }

    private static Optional<InetAddress> literal(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }
}
