package io.quorumfence.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the copies on one storage that were written with another MAC key than the one that is written with now, and
 * seals again those that have no writer. Confined to one thread.
 */
public final class KeyChange {
    private final BlockFrame frame;
    private final StorageHeader header;
    private final int members;

    /**
     * Copies of a key that is going out of use.
     *
     * @param owned how many there are of each member, by index: its agent writes them again
     * @param ownerless those of nobody, sealed anew with the same content
     * @param unreadable copies that no known key opens
     */
    public record Found(int[] owned, List<BlockWrite> ownerless, int unreadable) {}

    /** @param members how many hosts the cell has; blocks of higher indices have no writer */
    public KeyChange(MacKeys keys, StorageHeader header, int members) {
        frame = new BlockFrame(keys);
        this.header = header;
        this.members = members;
    }

    /** The copies of the header to write again, one after the other. */
    public List<BlockWrite> header(ByteBuffer pair) {
        List<BlockWrite> again = new ArrayList<>();
        for (int copy = 0; copy < Layout.COPIES; copy++) {
            BlockRead read = frame.openHeader(pair.slice(copy * Layout.BLOCK, Layout.BLOCK), copy);
            if (read instanceof BlockRead.Valid valid && isOther(valid)) {
                again.add(again(BlockKind.HEADER, copy, Layout.BLOCK, valid));
            }
        }
        return again;
    }

    /** Looks at the beats of the whole capacity, as one range. */
    public Found beats(ByteBuffer range) {
        return entries(BlockKind.BEAT, header.layout().beats(header.layout().capacity()), Layout.PAIR, 0, range);
    }

    /** Looks at one suspect's mail of the whole capacity, as one range. */
    public Found mailRow(int suspect, ByteBuffer range) {
        Layout.Range row = header.layout().mailRow(suspect, header.layout().capacity());
        // Nobody writes to a host that is not there, whoever would be the claimer.
        return entries(BlockKind.MAIL, row, Layout.PAIR, suspect < members ? 0 : members, range);
    }

    /** Looks at the ballot blocks of the whole capacity, as one range. */
    public Found ballots(ByteBuffer range) {
        Layout layout = header.layout();
        return entries(BlockKind.BALLOT, layout.ballots(layout.capacity()), layout.ballotPair(), 0, range);
    }

    private Found entries(BlockKind kind, Layout.Range place, int pairBytes, int shift, ByteBuffer range) {
        int[] owned = new int[members];
        List<BlockWrite> ownerless = new ArrayList<>();
        int unreadable = 0;
        int size = pairBytes / Layout.COPIES;
        for (int at = 0; at < range.remaining() / size; at++) {
            long number = (place.offset() + (long) at * size) / Layout.BLOCK;
            BlockRead read = frame.open(range.slice(at * size, size), kind, place(number));
            int owner = at / Layout.COPIES + shift;
            if (!(read instanceof BlockRead.Valid valid)) {
                unreadable++;
            } else if (isOther(valid) && owner < members) {
                owned[owner]++;
            } else if (isOther(valid)) {
                ownerless.add(again(kind, number, size, valid));
            }
        }
        return new Found(owned, ownerless, unreadable);
    }

    private boolean isOther(BlockRead.Valid read) {
        return read.stamp().keyId() != frame.keyId();
    }

    private BlockFrame.Place place(long number) {
        return new BlockFrame.Place(
                MacKey.Hashes.ofName("cell", header.cell().value()),
                MacKey.Hashes.ofName("storage", header.storage().value()),
                header.initEpoch(),
                number);
    }

    private BlockWrite again(BlockKind kind, long number, int size, BlockRead.Valid read) {
        byte[] payload = new byte[read.payload().remaining()];
        read.payload().get(read.payload().position(), payload);
        return frame.seal(kind, place(number), size, read.writeSequence(), payload);
    }
}
