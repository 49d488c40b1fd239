package io.quorumfence.wire;

import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The two datagrams of the network plane; always shorter than {@link #MAX_BYTES}. Confined to one thread.
 *
 * <pre>
 * 0 u32 magic "QFDG"  4 u16 format  6 u8 kind  7 u8 zero  8 u64 cell  16 u32 key id  20 payload  .. 16 bytes MAC
 * </pre>
 */
public final class DatagramCodec {
    public static final int MAX_BYTES = 1200;
    static final int FORMAT = 1;

    private static final int MAGIC = 0x47444651;
    private static final int HEAD = 20;
    private static final int REQUEST = 1;
    private static final int ANSWER = 2;

    private final Seals seals;
    private final long cell;

    public DatagramCodec(MacKeys keys, CellId cell) {
        seals = new Seals(keys);
        this.cell = MacKey.Hashes.ofName("cell", cell.value());
    }

    /** What a datagram was. */
    public sealed interface Datagram {}

    public record Request(AckRequest request) implements Datagram {}

    public record Answer(Ack ack) implements Datagram {}

    /** Not to be answered and not to be counted; one line says why. */
    public record Refused(Cause cause, String detail) implements Datagram {}

    /** Why a datagram is not to be used. */
    public enum Cause {
        MALFORMED,
        VERSION,
        KEY,
        CELL
    }

    public byte[] encode(AckRequest request) {
        Payload.Writer to = new Payload.Writer();
        to.text(request.from().value());
        to.text(request.to().value());
        TermsCodec.write(to, request.incarnation());
        Codes.PHASE.write(to, request.phase());
        to.number(request.sequence());
        to.number(request.echo());
        to.number(request.recordVersion());
        to.number(request.membership());
        to.number(request.epoch());
        TermsCodec.write(to, request.terms());
        return seal(REQUEST, to.toBytes());
    }

    public byte[] encode(Ack ack) {
        Payload.Writer to = new Payload.Writer();
        to.text(ack.from().value());
        to.text(ack.to().value());
        to.number(ack.counter());
        to.number(ack.sequence());
        Codes.ACK.write(to, ack.kind());
        to.number(ack.nonce());
        to.number(ack.token());
        to.number(ack.recordVersion());
        to.number(ack.membership());
        return seal(ANSWER, to.toBytes());
    }

    private byte[] seal(int kind, byte[] payload) {
        byte[] bytes = new byte[HEAD + payload.length + MacKey.TAG_BYTES];
        ByteBuffer to = Payload.littleEndian(bytes);
        to.putInt(MAGIC).putShort((short) FORMAT).put((byte) kind).put((byte) 0);
        to.putLong(cell).putInt(seals.keyId()).put(payload);
        to.put(seals.tag(bytes, to.position()));
        return bytes;
    }

    /** Opens what came in from the network: anything at all. */
    public Datagram decode(byte[] bytes) {
        if (bytes.length < HEAD + MacKey.TAG_BYTES || bytes.length > MAX_BYTES) {
            return new Refused(Cause.MALFORMED, "length " + bytes.length);
        }
        ByteBuffer from = Payload.littleEndian(bytes);
        if (from.getInt(0) != MAGIC) {
            return new Refused(Cause.MALFORMED, "not a datagram of ours");
        }
        int format = from.getShort(4) & 0xffff;
        if (format != FORMAT) {
            return new Refused(Cause.VERSION, "speaks format " + format + ", this agent " + FORMAT);
        }
        int keyId = from.getInt(16);
        if (!seals.knows(keyId)) {
            return new Refused(Cause.KEY, "written with another MAC key");
        }
        int end = bytes.length - MacKey.TAG_BYTES;
        if (!seals.fits(keyId, bytes, end, Arrays.copyOfRange(bytes, end, bytes.length))) {
            return new Refused(Cause.KEY, "wrong MAC");
        }
        if (from.getLong(8) != cell) {
            return new Refused(Cause.CELL, "belongs to another cell");
        }
        return decodeVerified(from.get(6), ByteBuffer.wrap(bytes, HEAD, end - HEAD));
    }

    private static Datagram decodeVerified(int kind, ByteBuffer payload) {
        try {
            Payload.Reader from = new Payload.Reader(payload.order(ByteOrder.LITTLE_ENDIAN));
            Datagram datagram = switch (kind) {
                case REQUEST -> new Request(readRequest(from));
                case ANSWER -> new Answer(readAck(from));
                default -> throw new MalformedException("kind " + kind);
            };
            from.end();
            return datagram;
        } catch (MalformedException | IllegalArgumentException e) {
            return new Refused(Cause.MALFORMED, "cannot be understood: " + e.getMessage());
        }
    }

    private static AckRequest readRequest(Payload.Reader from) {
        return new AckRequest(
                new HostId(from.text()),
                new HostId(from.text()),
                TermsCodec.readIncarnation(from),
                Codes.PHASE.read(from),
                from.number(),
                from.number(),
                from.number(),
                from.small(),
                from.number(),
                TermsCodec.read(from));
    }

    private static Ack readAck(Payload.Reader from) {
        return new Ack(
                new HostId(from.text()),
                new HostId(from.text()),
                from.number(),
                from.number(),
                Codes.ACK.read(from),
                from.number(),
                from.number(),
                from.number(),
                from.small());
    }
}
