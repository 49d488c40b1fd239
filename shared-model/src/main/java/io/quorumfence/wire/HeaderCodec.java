package io.quorumfence.wire;

import io.quorumfence.model.CellId;
import io.quorumfence.model.StorageId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/** Writes and reads the header of a storage. Confined to one thread. */
public final class HeaderCodec {
    private final BlockFrame frame;

    public HeaderCodec(MacKeys keys) {
        frame = new BlockFrame(keys);
    }

    /** Both copies, one write each. */
    public List<BlockWrite> seal(StorageHeader header) {
        Payload.Writer to = new Payload.Writer();
        to.text(header.cell().value());
        to.text(header.storage().value());
        to.number(header.initEpoch());
        to.number(header.layout().capacity());
        to.number(header.layout().ballotBlock());
        to.number(header.created().toEpochMilli());
        to.number(header.firstNumber());
        to.flag(header.ready());
        byte[] payload = to.toBytes();
        return List.of(seal(header, 0, payload), seal(header, 1, payload));
    }

    private BlockWrite seal(StorageHeader header, int copy, byte[] payload) {
        return frame.seal(BlockKind.HEADER, place(header, copy), Layout.BLOCK, 1, payload);
    }

    private static BlockFrame.Place place(StorageHeader header, int copy) {
        return new BlockFrame.Place(
                MacKey.Hashes.ofName("cell", header.cell().value()),
                MacKey.Hashes.ofName("storage", header.storage().value()),
                header.initEpoch(),
                copy);
    }

    /**
     * Reads the first 8 KiB of a storage. Two valid copies that differ are a header that was being replaced: broken.
     */
    public HeaderRead open(ByteBuffer pair) {
        HeaderRead first = openCopy(pair, 0);
        HeaderRead second = openCopy(pair, 1);
        if (first.equals(second)) {
            return first;
        }
        if (first instanceof HeaderRead.Found && second instanceof HeaderRead.Found) {
            return new HeaderRead.Broken("torn header: its two copies differ; storage-init was interrupted");
        }
        return telling(first) >= telling(second) ? first : second;
    }

    /** Which copy speaks for the header when only one can. A newer format outranks a copy it has not replaced yet. */
    private static int telling(HeaderRead read) {
        if (read instanceof HeaderRead.OtherFormat) {
            return 4;
        } else if (read instanceof HeaderRead.Found) {
            return 3;
        } else if (read instanceof HeaderRead.Broken) {
            return 2;
        }
        return read instanceof HeaderRead.Alien ? 1 : 0;
    }

    private HeaderRead openCopy(ByteBuffer pair, int copy) {
        ByteBuffer block = pair.slice(copy * Layout.BLOCK, Layout.BLOCK);
        BlockRead read = frame.openHeader(block, copy);
        if (read instanceof BlockRead.OtherFormat other) {
            return new HeaderRead.OtherFormat(other.format());
        }
        if (read instanceof BlockRead.Invalid invalid) {
            return openInvalid(invalid);
        }
        try {
            return new HeaderRead.Found(decode(((BlockRead.Valid) read).payload()));
        } catch (MalformedException | IllegalArgumentException e) {
            return new HeaderRead.Broken("header cannot be understood: " + e.getMessage());
        }
    }

    private static HeaderRead openInvalid(BlockRead.Invalid invalid) {
        if (invalid.isBlank()) {
            return new HeaderRead.Blank();
        }
        return invalid.isAlien() ? new HeaderRead.Alien() : new HeaderRead.Broken("header " + invalid.detail());
    }

    private static StorageHeader decode(ByteBuffer payload) {
        Payload.Reader from = new Payload.Reader(payload);
        CellId cell = new CellId(from.text());
        StorageId storage = new StorageId(from.text());
        long initEpoch = from.number();
        Layout layout = new Layout(from.small(), from.small());
        Instant created = Instant.ofEpochMilli(from.number());
        StorageHeader header = new StorageHeader(cell, storage, initEpoch, layout, created, from.number(), from.flag());
        from.end();
        return header;
    }
}
