package io.quorumfence.agent.app;

import io.quorumfence.agent.probe.net.DatagramCodec;
import io.quorumfence.agent.probe.net.DropCause;
import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;
import io.quorumfence.model.CellId;
import io.quorumfence.wire.MacKeys;

/** The datagram port over the wire format; one event loop, for the MAC inside is confined to it. */
final class WireDatagrams implements DatagramCodec {
    private final io.quorumfence.wire.DatagramCodec codec;

    WireDatagrams(MacKeys keys, CellId cell) {
        codec = new io.quorumfence.wire.DatagramCodec(keys, cell);
    }

    @Override
    public byte[] encode(AckRequest request) {
        return codec.encode(request);
    }

    @Override
    public byte[] encode(Ack ack) {
        return codec.encode(ack);
    }

    @Override
    public Incoming decode(byte[] bytes) {
        io.quorumfence.wire.DatagramCodec.Datagram datagram = codec.decode(bytes);
        if (datagram instanceof io.quorumfence.wire.DatagramCodec.Request r) {
            return new Incoming.Request(r.request());
        } else if (datagram instanceof io.quorumfence.wire.DatagramCodec.Answer a) {
            return new Incoming.Answer(a.ack());
        }
        return new Incoming.Unusable(cause(((io.quorumfence.wire.DatagramCodec.Refused) datagram).cause()));
    }

    private static DropCause cause(io.quorumfence.wire.DatagramCodec.Cause cause) {
        return switch (cause) {
            case MALFORMED -> DropCause.MALFORMED;
            case VERSION -> DropCause.VERSION;
            case KEY -> DropCause.MAC;
            case CELL -> DropCause.CELL;
        };
    }
}
