package io.quorumfence.agent.effect.storage;

import io.quorumfence.model.Beat;
import io.quorumfence.model.MailEntry;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.wire.Entry;
import io.quorumfence.wire.HeaderCodec;
import io.quorumfence.wire.HeaderRead;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.StorageBlocks;
import io.quorumfence.wire.StorageHeader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What happens before a lane is open: it is the right storage, whole, and this host is the only one that writes its
 * slots there. Confined to the lane's thread; blocks with the storage.
 */
final class LaneOpening {
    private final LaneScope scope;
    private final HeaderCodec headers;
    private final Pause pause;

    LaneOpening(LaneScope scope, Pause pause) {
        this.scope = scope;
        this.pause = pause;
        headers = new HeaderCodec(scope.keys());
    }

    /** Waits, or throws when the lane is to end. */
    interface Pause {
        void await(Duration span) throws InterruptedException;
    }

    /** The entries that this host is the single writer of. */
    private record OwnEntries(Entry<Beat> beat, Entry<BallotBlock> ballot, List<Entry<MailEntry>> mails) {}

    LaneSession open(LaneProcess process) throws LaneGoneException, LaneShutException, InterruptedException {
        StorageHeader header = readHeader(process);
        StorageBlocks blocks = new StorageBlocks(scope.keys(), header);
        read(process, List.of(header.layout().last()));
        LaneMemory memory = remembered(header);
        OwnEntries own = readOwn(process, blocks);
        checkNotOlder("beat", own.beat, memory.beat());
        checkNotOlder("ballot block", own.ballot, memory.ballot());
        if (mayBeAlive(own.beat, memory.beat())) {
            pause.await(scope.watch());
            OwnEntries later = readOwn(process, blocks);
            if (!later.beat.copies().equals(own.beat.copies())) {
                throw LaneShutException.forNow(secondAgent(scope, boot(later.beat)));
            }
        }
        LaneIo io = new LaneIo(process, new LaneHeaders(headers, scope, header));
        LaneSession session = new LaneSession(scope, io, blocks, memory, slots(own, memory));
        session.writeAgain(own.ballot, own.mails);
        return session;
    }

    private static LaneSession.OwnSlots slots(OwnEntries own, LaneMemory memory) {
        return new LaneSession.OwnSlots(
                new OwnSlot(own.beat, memory.beat().tried()),
                new OwnSlot(own.ballot, memory.ballot().tried()),
                own.mails.stream().map(entry -> new OwnSlot(entry, 0)).toList());
    }

    private StorageHeader readHeader(LaneProcess process) throws LaneGoneException, LaneShutException {
        HeaderRead read = headers.open(read(process, List.of(Layout.header())).get(0));
        if (read instanceof HeaderRead.Found found) {
            Optional<String> unfit = found.header()
                    .whyUnfit(
                            scope.cell(), scope.storage().id(), scope.members().size());
            if (unfit.isPresent()) {
                throw LaneShutException.forNow(unfit.get());
            }
            return found.header();
        }
        throw LaneShutException.forNow(LaneHeaders.whyNone(read));
    }

    /** A storage whose init epoch went back was restored from an older copy; a later one was initialised again. */
    private LaneMemory remembered(StorageHeader header) throws LaneShutException {
        Optional<LaneMemory> memory = LaneMemory.load(scope.memory());
        if (memory.isPresent() && memory.get().epoch() > header.initEpoch()) {
            throw LaneShutException.forGood("went back in time: init epoch " + header.initEpoch() + ", was "
                    + memory.get().epoch() + "; out of the quorum until storage-init");
        }
        return memory.filter(known -> known.epoch() == header.initEpoch())
                .orElseGet(() -> LaneMemory.fresh(scope.memory(), header.initEpoch()));
    }

    private OwnEntries readOwn(LaneProcess process, StorageBlocks blocks) throws LaneGoneException, LaneShutException {
        Layout layout = blocks.layout();
        int self = scope.selfIndex();
        List<Layout.Range> ranges = new ArrayList<>();
        ranges.add(layout.beat(self));
        ranges.add(layout.ballot(self));
        for (int suspect = 0; suspect < scope.members().size(); suspect++) {
            ranges.add(layout.mail(suspect, self));
        }
        List<ByteBuffer> pairs = read(process, ranges);
        List<Entry<MailEntry>> mails = new ArrayList<>();
        for (int suspect = 0; suspect < scope.members().size(); suspect++) {
            mails.add(
                    blocks.openMail(suspect, self, scope.members().get(suspect), scope.self(), pairs.get(2 + suspect)));
        }
        return new OwnEntries(
                blocks.openBeat(self, scope.self(), pairs.get(0)), blocks.openBallot(self, pairs.get(1)), mails);
    }

    private static List<ByteBuffer> read(LaneProcess process, List<Layout.Range> ranges)
            throws LaneGoneException, LaneShutException {
        LaneReply reply = process.run(new LaneOp(List.of(), ranges));
        if (!reply.ok()) {
            throw LaneShutException.forNow(reply.text());
        }
        return reply.reads();
    }

    private static void checkNotOlder(String what, Entry<?> found, LaneMemory.Mark mark) throws LaneShutException {
        long newest = found.newest().map(Entry.Stamp::writeSequence).orElse(-1L);
        if (newest >= 0 && newest < mark.acknowledged()) {
            throw LaneShutException.forGood(OwnSlot.wentBack(what, newest, mark.acknowledged()));
        }
    }

    /** A beat that no agent of this boot is known to have written may have a living writer elsewhere. */
    private static boolean mayBeAlive(Entry<Beat> beat, LaneMemory.Mark mark) {
        boolean written = beat.slot().unknown() || beat.slot().value().isPresent();
        return written && beat.newest().map(Entry.Stamp::writeSequence).orElse(0L) > mark.tried();
    }

    private static Optional<UUID> boot(Entry<Beat> entry) {
        return entry.slot().value().map(beat -> beat.incarnation().bootId());
    }

    static String secondAgent(LaneScope scope, Optional<UUID> boot) {
        return "second agent with host id " + scope.self()
                + boot.map(id -> " (kernel boot " + id + ")").orElse("")
                + " writes here; check 'host' in agent.yaml on every host";
    }
}
