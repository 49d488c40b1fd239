package io.quorumfence.agent.probe.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;
import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.Terms;
import io.quorumfence.model.WatchdogKind;
import java.util.UUID;

/** A readable codec with the flaws of a real one, and a word in the place of the MAC. */
record TextCodec(String cell, String word) implements DatagramCodec {
    private static final Terms TERMS =
            new Terms(SelfFenceAction.STOP_VMS, 6_000, 1_000, 2_000, WatchdogKind.DEVICE, true, 2_000, 3_000);

    static AckRequest request(String from, String to, long sequence) {
        return new AckRequest(
                new HostId(from),
                new HostId(to),
                new Incarnation(7, new UUID(1, 2)),
                HostPhase.JOINED,
                sequence,
                0,
                3,
                1,
                0,
                TERMS);
    }

    static Ack ack(String from, String to, long sequence) {
        return new Ack(new HostId(from), new HostId(to), 7, sequence, Ack.Kind.ACKNOWLEDGED, 99, 0, 3, 1);
    }

    @Override
    public byte[] encode(AckRequest request) {
        return bytes("request", request.from(), request.to(), request.sequence());
    }

    @Override
    public byte[] encode(Ack ack) {
        return bytes("ack", ack.from(), ack.to(), ack.sequence());
    }

    private byte[] bytes(String kind, HostId from, HostId to, long sequence) {
        return ("1 " + word + " " + cell + " " + kind + " " + from + " " + to + " " + sequence).getBytes(UTF_8);
    }

    @Override
    public Incoming decode(byte[] bytes) {
        String[] parts = new String(bytes, UTF_8).split(" ");
        if (parts.length != 7) {
            return new Incoming.Unusable(DropCause.MALFORMED);
        }
        if (!parts[0].equals("1")) {
            return new Incoming.Unusable(DropCause.VERSION);
        }
        if (!parts[1].equals(word)) {
            return new Incoming.Unusable(DropCause.MAC);
        }
        if (!parts[2].equals(cell)) {
            return new Incoming.Unusable(DropCause.CELL);
        }
        long sequence = Long.parseLong(parts[6]);
        return parts[3].equals("ack")
                ? new Incoming.Answer(ack(parts[4], parts[5], sequence))
                : new Incoming.Request(request(parts[4], parts[5], sequence));
    }
}
