package io.quorumfence.agent.probe.net;

import io.quorumfence.config.CellConfig;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.observation.PeerObservation;
import java.util.Set;

/**
 * Whether a decoded datagram may be believed: it is for this host, from a member other than this one, and came from
 * that member's own address on the plane. The last keeps a host from vouching for another with the cell's shared key by
 * accident (a copied disk image, two hosts with one id). Pure; any thread.
 */
final class Intake {
    private final HostId self;
    private final Set<HostId> members;
    private final PlaneAddresses addresses;

    Intake(CellConfig cell, PlaneAddresses addresses) {
        this.self = cell.host();
        this.members = Set.copyOf(cell.hosts());
        this.addresses = addresses;
    }

    /** What came of a datagram. */
    sealed interface Verdict {
        record Accepted(PeerObservation observation) implements Verdict {}

        record Dropped(DropCause cause) implements Verdict {}
    }

    Verdict judge(PlaneId plane, String source, DatagramCodec.Incoming incoming) {
        if (incoming instanceof DatagramCodec.Incoming.Request asked) {
            return judge(
                    plane,
                    source,
                    asked.request().from(),
                    asked.request().to(),
                    new PeerObservation.AckRequestArrived(plane, asked.request()));
        }
        if (incoming instanceof DatagramCodec.Incoming.Answer given) {
            return judge(
                    plane,
                    source,
                    given.ack().from(),
                    given.ack().to(),
                    new PeerObservation.AckArrived(plane, given.ack()));
        }
        return new Verdict.Dropped(((DatagramCodec.Incoming.Unusable) incoming).cause());
    }

    private Verdict judge(PlaneId plane, String source, HostId from, HostId to, PeerObservation seen) {
        if (!to.equals(self)) {
            return new Verdict.Dropped(DropCause.MISADDRESSED);
        }
        if (from.equals(self) || !members.contains(from)) {
            return new Verdict.Dropped(DropCause.STRANGER);
        }
        return addresses.matches(plane, from, source)
                ? new Verdict.Accepted(seen)
                : new Verdict.Dropped(DropCause.SOURCE_ADDRESS);
    }
}
