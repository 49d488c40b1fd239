package io.quorumfence.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;

/**
 * Seals a payload into a block of a storage and opens it again. The MAC covers everything before it, the place of the
 * block included, and the rest of the block is zero: no bit of a valid block can change unnoticed, and no block is
 * valid anywhere but where it was written to.
 *
 * <pre>
 *  0 u32 magic "QFBK"   4 u16 format   6 u8 kind   7 u8 zero   8 u64 cell   16 u64 storage   24 u64 init epoch
 * 32 u64 block number  40 u64 write sequence  48 u32 payload length  52 payload  .. u32 key id  .. 16 bytes MAC  zeros
 * </pre>
 *
 * Confined to one thread (the MAC instance).
 */
final class BlockFrame {
    static final int FORMAT = 1;
    static final int HEAD = 52;
    static final int OVERHEAD = HEAD + 4 + MacKey.TAG_BYTES;

    private static final int MAGIC = 0x4B424651;
    private static final byte[] ZEROS = new byte[Layout.BALLOT_BLOCK_MAX];

    private final Seals seals;

    BlockFrame(MacKeys keys) {
        seals = new Seals(keys);
    }

    /** Id of the key that {@link #seal} uses. */
    int keyId() {
        return seals.keyId();
    }

    /** The frame's own words about where it belongs. */
    record Place(long cell, long storage, long initEpoch, long number) {}

    /** A block whose MAC is right, wherever it came from. */
    private record Verified(int kind, Place place, BlockRead.Valid content) {}

    BlockWrite seal(BlockKind kind, Place place, int size, long writeSequence, byte[] payload) {
        if (payload.length > size - OVERHEAD) {
            throw new CeilingException("the " + kind.name().toLowerCase(Locale.ROOT) + " block needs " + payload.length
                    + " bytes, a block of this storage holds " + (size - OVERHEAD));
        }
        byte[] block = new byte[size];
        ByteBuffer to = Payload.littleEndian(block);
        to.putInt(MAGIC).putShort((short) FORMAT).put((byte) kind.code()).put((byte) 0);
        to.putLong(place.cell).putLong(place.storage).putLong(place.initEpoch).putLong(place.number);
        to.putLong(writeSequence).putInt(payload.length).put(payload).putInt(seals.keyId());
        byte[] tag = seals.tag(block, to.position());
        to.put(tag);
        long mac = Payload.littleEndian(tag).getLong();
        return new BlockWrite(place.number * Layout.BLOCK, block, new Entry.Stamp(writeSequence, mac, seals.keyId()));
    }

    /** Opens a block that must be of this kind and at this place. */
    BlockRead open(ByteBuffer block, BlockKind kind, Place place) {
        return open(block, found -> {
            if (found.kind != kind.code()) {
                return new BlockRead.Invalid("holds another kind of block");
            }
            return found.place.equals(place) ? found.content : new BlockRead.Invalid(whyMisplaced(found.place, place));
        });
    }

    /** Opens a header whatever storage it names, so that the caller can name the stranger. */
    BlockRead openHeader(ByteBuffer block, long number) {
        return open(
                block,
                found -> found.kind == BlockKind.HEADER.code() && found.place.number == number
                        ? found.content
                        : new BlockRead.Invalid("is not a header"));
    }

    private static String whyMisplaced(Place found, Place place) {
        if (found.cell != place.cell) {
            return "belongs to another cell";
        }
        if (found.storage != place.storage) {
            return "belongs to another storage";
        }
        return found.initEpoch != place.initEpoch
                ? "was written before the storage was initialised again"
                : "belongs to another place of this storage";
    }

    private BlockRead open(ByteBuffer source, Function<Verified, BlockRead> judge) {
        byte[] bytes = new byte[source.remaining()];
        source.get(source.position(), bytes);
        ByteBuffer block = Payload.littleEndian(bytes);
        if (block.getInt(0) != MAGIC) {
            return isZero(bytes, 0) ? BlockRead.Invalid.BLANK : BlockRead.Invalid.ALIEN;
        }
        int format = block.getShort(4) & 0xffff;
        if (format != FORMAT) {
            return new BlockRead.OtherFormat(format);
        }
        int length = block.getInt(48);
        if (length < 0 || length > bytes.length - OVERHEAD) {
            return new BlockRead.Invalid("is torn or corrupt (length)");
        }
        int keyId = block.getInt(HEAD + length);
        if (!seals.knows(keyId)) {
            return new BlockRead.Invalid("is torn, corrupt or written with another MAC key");
        }
        int tagAt = HEAD + length + 4;
        byte[] found = Arrays.copyOfRange(bytes, tagAt, tagAt + MacKey.TAG_BYTES);
        if (!seals.fits(keyId, bytes, tagAt, found) || !isZero(bytes, tagAt + MacKey.TAG_BYTES)) {
            return new BlockRead.Invalid("is torn or corrupt (MAC)");
        }
        return judge.apply(verified(block, length, Payload.littleEndian(found).getLong(), keyId));
    }

    private static Verified verified(ByteBuffer block, int length, long mac, int keyId) {
        Place place = new Place(block.getLong(8), block.getLong(16), block.getLong(24), block.getLong(32));
        ByteBuffer payload = block.slice(HEAD, length);
        return new Verified(
                block.get(6), place, new BlockRead.Valid(new Entry.Stamp(block.getLong(40), mac, keyId), payload));
    }

    private static boolean isZero(byte[] bytes, int from) {
        return Arrays.equals(bytes, from, bytes.length, ZEROS, 0, bytes.length - from);
    }
}
