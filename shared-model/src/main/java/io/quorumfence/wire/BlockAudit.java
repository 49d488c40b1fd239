package io.quorumfence.wire;

import io.quorumfence.model.HostId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Judges every copy of every block of a storage for itself, where an agent is content when one of two speaks. Names
 * what it finds by entry, copy and place. Confined to one thread.
 */
public final class BlockAudit {
    private final BlockFrame frame;
    private final StorageBlocks blocks;
    private final StorageHeader header;
    private final IntFunction<HostId> members;

    /**
     * A copy that is not what its writer wrote.
     *
     * @param block which entry, for people
     * @param offset of the copy, in bytes from the start of the storage
     */
    public record Fault(String block, long offset, String detail) {}

    /** @param members the member at an index, as far as the cell is known; its index number as a name beyond */
    public BlockAudit(MacKeys keys, StorageHeader header, IntFunction<HostId> members) {
        frame = new BlockFrame(keys);
        blocks = new StorageBlocks(keys, header);
        this.header = header;
        this.members = members;
    }

    /** Both copies of a header, whatever storage it is. */
    public static List<Fault> header(MacKeys keys, ByteBuffer pair) {
        BlockFrame frame = new BlockFrame(keys);
        List<Fault> faults = new ArrayList<>();
        for (int copy = 0; copy < Layout.COPIES; copy++) {
            BlockRead read = frame.openHeader(pair.slice(copy * Layout.BLOCK, Layout.BLOCK), copy);
            note(faults, "header, copy " + copy, (long) copy * Layout.BLOCK, read);
        }
        return faults;
    }

    /** The beats of the first hosts, as one range. */
    public List<Fault> beats(ByteBuffer range) {
        List<Fault> faults = new ArrayList<>();
        for (int host = 0; host < range.remaining() / Layout.PAIR; host++) {
            ByteBuffer pair = range.slice(host * Layout.PAIR, Layout.PAIR);
            Entry<?> entry = blocks.openBeat(host, members.apply(host), pair);
            judge(
                    "beat of " + members.apply(host),
                    BlockKind.BEAT,
                    blocks.layout().beat(host),
                    pair,
                    entry,
                    faults);
        }
        return faults;
    }

    /** What the first hosts wrote to a suspect, as one range. */
    public List<Fault> mailRow(int suspect, ByteBuffer range) {
        List<Fault> faults = new ArrayList<>();
        HostId to = members.apply(suspect);
        for (int claimer = 0; claimer < range.remaining() / Layout.PAIR; claimer++) {
            ByteBuffer pair = range.slice(claimer * Layout.PAIR, Layout.PAIR);
            HostId from = members.apply(claimer);
            Entry<?> entry = blocks.openMail(suspect, claimer, to, from, pair);
            Layout.Range place = blocks.layout().mail(suspect, claimer);
            judge("mail of " + from + " to " + to, BlockKind.MAIL, place, pair, entry, faults);
        }
        return faults;
    }

    /** The ballot blocks of the first hosts, as one range. */
    public List<Fault> ballots(ByteBuffer range) {
        List<Fault> faults = new ArrayList<>();
        int size = blocks.layout().ballotPair();
        for (int host = 0; host < range.remaining() / size; host++) {
            ByteBuffer pair = range.slice(host * size, size);
            Entry<?> entry = blocks.openBallot(host, pair);
            Layout.Range place = blocks.layout().ballot(host);
            judge("ballot block of " + members.apply(host), BlockKind.BALLOT, place, pair, entry, faults);
        }
        return faults;
    }

    private void judge(
            String name, BlockKind kind, Layout.Range place, ByteBuffer pair, Entry<?> entry, List<Fault> faults) {
        int before = faults.size();
        int size = place.length() / Layout.COPIES;
        for (int copy = 0; copy < Layout.COPIES; copy++) {
            long offset = place.offset() + (long) copy * size;
            BlockFrame.Place at = new BlockFrame.Place(
                    MacKey.Hashes.ofName("cell", header.cell().value()),
                    MacKey.Hashes.ofName("storage", header.storage().value()),
                    header.initEpoch(),
                    offset / Layout.BLOCK);
            note(faults, name + ", copy " + copy, offset, frame.open(pair.slice(copy * size, size), kind, at));
        }
        // Both copies pass, and still nobody can take the entry: two contents of one write, or not to be understood.
        if (faults.size() == before && entry.slot().unknown()) {
            faults.add(new Fault(name, place.offset(), entry.detail()));
        }
    }

    private static void note(List<Fault> faults, String name, long offset, BlockRead read) {
        if (read instanceof BlockRead.Invalid invalid) {
            faults.add(new Fault(name, offset, invalid.detail()));
        } else if (read instanceof BlockRead.OtherFormat other) {
            faults.add(new Fault(name, offset, other.detail()));
        }
    }
}
