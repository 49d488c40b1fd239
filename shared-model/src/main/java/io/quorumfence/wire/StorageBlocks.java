package io.quorumfence.wire;

import io.quorumfence.model.Beat;
import io.quorumfence.model.HostId;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.Slot;
import io.quorumfence.record.BallotBlock;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The blocks of one formatted storage: seals what is to be written and opens what was read. Confined to one thread.
 *
 * <p>A copy that fails its checks leaves its sibling to speak (a torn write has not landed yet); two that fail, or one
 * of another format, make the entry unknown.
 */
public final class StorageBlocks {
    private static final BeatCodec BEATS = new BeatCodec();
    private static final MailCodec MAILS = new MailCodec();
    private static final BallotCodec BALLOTS = new BallotCodec();

    private final BlockFrame frame;
    private final StorageHeader header;
    private final Layout layout;
    private final long cell;
    private final long storage;

    public StorageBlocks(MacKeys keys, StorageHeader header) {
        frame = new BlockFrame(keys);
        this.header = header;
        layout = header.layout();
        cell = MacKey.Hashes.ofName("cell", header.cell().value());
        storage = MacKey.Hashes.ofName("storage", header.storage().value());
    }

    public Layout layout() {
        return layout;
    }

    /** One copy of a host's beat; a list of too many VMs is cut and says so. */
    public BlockWrite sealBeat(int host, int copy, long writeSequence, Beat beat) {
        return seal(BlockKind.BEAT, layout.beat(host), copy, writeSequence, bytes(BEATS, beat));
    }

    public BlockWrite sealMail(int suspect, int claimer, int copy, long writeSequence, MailEntry mail) {
        return seal(BlockKind.MAIL, layout.mail(suspect, claimer), copy, writeSequence, bytes(MAILS, mail));
    }

    /** Bytes of a ballot block as it is written; {@link Layout#ballotRoom} says how many there may be. Any thread. */
    public static int bytesOf(BallotBlock block) {
        return bytes(BALLOTS, block).length;
    }

    /** @throws CeilingException when the two records do not fit; the message names both sizes and what to do */
    public BlockWrite sealBallot(int host, int copy, long writeSequence, BallotBlock block) {
        byte[] payload = bytes(BALLOTS, block);
        int room = layout.ballotRoom();
        if (payload.length > room) {
            throw new CeilingException("cell record version "
                    + block.candidate().orElse(block.decided()).version() + " needs " + payload.length
                    + " bytes with its predecessor, a ballot block of storage " + header.storage() + " holds " + room
                    + ": end permits, or initialise the cell with larger ballot blocks");
        }
        return seal(BlockKind.BALLOT, layout.ballot(host), copy, writeSequence, payload);
    }

    /** Whether a copy of an entry that can be read lies there under another key than the one that is written with. */
    public boolean isUnderOtherKey(Entry<?> entry) {
        return !entry.slot().unknown()
                && entry.copies().stream().flatMap(Optional::stream).anyMatch(stamp -> stamp.keyId() != frame.keyId());
    }

    /** The same mail, or the same nothing, once more. */
    public BlockWrite sealMailAgain(int suspect, int claimer, int copy, long writeSequence, Slot<MailEntry> mail) {
        byte[] payload = mail.value().map(entry -> bytes(MAILS, entry)).orElse(new byte[0]);
        return seal(BlockKind.MAIL, layout.mail(suspect, claimer), copy, writeSequence, payload);
    }

    /** The same ballot block, or the same nothing, once more. */
    public BlockWrite sealBallotAgain(int host, int copy, long writeSequence, Slot<BallotBlock> block) {
        return block.value()
                .map(known -> sealBallot(host, copy, writeSequence, known))
                .orElseGet(() -> seal(BlockKind.BALLOT, layout.ballot(host), copy, writeSequence, new byte[0]));
    }

    /** A valid block that says "nothing was ever written here". */
    public BlockWrite sealEmptyBeat(int host, int copy) {
        return seal(BlockKind.BEAT, layout.beat(host), copy, 0, new byte[0]);
    }

    /** A valid block that says "nothing was ever written here". */
    public BlockWrite sealEmptyMail(int suspect, int claimer, int copy) {
        return sealMailAgain(suspect, claimer, copy, 0, Slot.empty());
    }

    private BlockWrite seal(BlockKind kind, Layout.Range pair, int copy, long writeSequence, byte[] payload) {
        int size = pair.length() / Layout.COPIES;
        return frame.seal(kind, place(pair, copy), size, writeSequence, payload);
    }

    private BlockFrame.Place place(Layout.Range pair, int copy) {
        long offset = pair.offset() + (long) copy * (pair.length() / Layout.COPIES);
        return new BlockFrame.Place(cell, storage, header.initEpoch(), offset / Layout.BLOCK);
    }

    private static <T> byte[] bytes(PayloadCodec<T> codec, T value) {
        Payload.Writer to = new Payload.Writer();
        codec.write(to, value);
        return to.toBytes();
    }

    /** A beat of another host than the member at this place is unknown: the member lists differ. */
    public Entry<Beat> openBeat(int host, HostId member, ByteBuffer pair) {
        return open(
                BlockKind.BEAT,
                layout.beat(host),
                pair,
                BEATS,
                beat -> beat.host().equals(member));
    }

    public Entry<MailEntry> openMail(
            int suspect, int claimer, HostId suspectMember, HostId claimerMember, ByteBuffer pair) {
        return open(
                BlockKind.MAIL,
                layout.mail(suspect, claimer),
                pair,
                MAILS,
                mail -> mail.suspect().equals(suspectMember) && mail.claimer().equals(claimerMember));
    }

    public Entry<BallotBlock> openBallot(int host, ByteBuffer pair) {
        return open(
                BlockKind.BALLOT,
                layout.ballot(host),
                pair,
                BALLOTS,
                block -> block.decided().cell().equals(header.cell()));
    }

    private <T> Entry<T> open(
            BlockKind kind, Layout.Range range, ByteBuffer pair, PayloadCodec<T> codec, Predicate<T> belongs) {
        int size = range.length() / Layout.COPIES;
        BlockRead first = frame.open(pair.slice(0, size), kind, place(range, 0));
        BlockRead second = frame.open(pair.slice(size, size), kind, place(range, 1));
        List<Optional<Entry.Stamp>> copies = List.of(stamp(first), stamp(second));
        Function<String, Entry<T>> unknown = detail -> new Entry<>(Slot.unreadable(), copies, detail);
        for (BlockRead read : List.of(first, second)) {
            // What the other agent wrote may be newer than the sibling this one understands.
            if (read instanceof BlockRead.OtherFormat other) {
                return unknown.apply(other.detail());
            }
        }
        if (!(first instanceof BlockRead.Valid) && second instanceof BlockRead.Invalid invalid) {
            return unknown.apply(invalid.detail());
        }
        BlockRead.Valid newest = newest(first, second);
        if (isAmbiguous(first, second)) {
            return unknown.apply("two contents under write sequence " + newest.writeSequence());
        }
        return decode(newest, codec, belongs, copies, unknown);
    }

    private static <T> Entry<T> decode(
            BlockRead.Valid newest,
            PayloadCodec<T> codec,
            Predicate<T> belongs,
            List<Optional<Entry.Stamp>> copies,
            Function<String, Entry<T>> unknown) {
        if (newest.isEmpty()) {
            return new Entry<>(Slot.empty(), copies, "");
        }
        try {
            Payload.Reader from = new Payload.Reader(newest.payload());
            T value = codec.read(from);
            from.end();
            return belongs.test(value)
                    ? new Entry<>(Slot.of(value), copies, "")
                    : unknown.apply("was written for another member list");
        } catch (MalformedException | IllegalArgumentException e) {
            return unknown.apply("cannot be understood: " + e.getMessage());
        }
    }

    private static Optional<Entry.Stamp> stamp(BlockRead read) {
        return read instanceof BlockRead.Valid valid ? Optional.of(valid.stamp()) : Optional.empty();
    }

    private static BlockRead.Valid newest(BlockRead first, BlockRead second) {
        if (!(first instanceof BlockRead.Valid a)) {
            return (BlockRead.Valid) second;
        }
        return second instanceof BlockRead.Valid b && b.writeSequence() > a.writeSequence() ? b : a;
    }

    private static boolean isAmbiguous(BlockRead first, BlockRead second) {
        return first instanceof BlockRead.Valid a
                && second instanceof BlockRead.Valid b
                && a.writeSequence() == b.writeSequence()
                && !a.payload().equals(b.payload());
    }
}
