package io.quorumfence.agent.effect.storage;

import io.quorumfence.agent.effect.storage.LaneIo.Done;
import io.quorumfence.agent.effect.storage.LaneIo.OwnWrite;
import io.quorumfence.model.Beat;
import io.quorumfence.model.HostId;
import io.quorumfence.model.IoResult;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.Slot;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.StorageObservation;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.wire.CeilingException;
import io.quorumfence.wire.Entry;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.StorageBlocks;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * An open lane: carries out one command after the other. Confined to the lane's thread; blocks with the storage.
 *
 * <p>A beat alternates between its two copies. Mail and ballots are written to both, one after the other: what was
 * acknowledged there must outlive the loss of one copy, and a late write of a dead predecessor hits one at most.
 */
final class LaneSession {
    private static final int DETAIL_MAX = 300;

    private final LaneScope scope;
    private final LaneIo io;
    private final StorageBlocks blocks;
    private final Layout layout;
    private final LaneMemory memory;
    private final OwnSlots own;

    LaneSession(LaneScope scope, LaneIo io, StorageBlocks blocks, LaneMemory memory, OwnSlots own) {
        this.scope = scope;
        this.io = io;
        this.blocks = blocks;
        layout = blocks.layout();
        this.memory = memory;
        this.own = own;
    }

    /** Bytes that a ballot block of this storage holds. */
    int ballotRoom() {
        return layout.ballotRoom();
    }

    /** The entries of this host on this storage. */
    record OwnSlots(OwnSlot beat, OwnSlot ballot, List<OwnSlot> mails) {}

    /**
     * Carries out one command.
     *
     * @throws LaneGoneException the process ended; whether a write landed is unknown
     * @throws LaneShutException the storage may not be used any more
     */
    StorageObservation run(StorageCommand command) throws LaneGoneException, LaneShutException {
        try {
            if (command instanceof StorageCommand.BeatRound c) {
                return beatRound(c);
            } else if (command instanceof StorageCommand.ScanBeats c) {
                return scanBeats(c);
            } else if (command instanceof StorageCommand.MailRound c) {
                return mailRound(c);
            } else if (command instanceof StorageCommand.BallotRound c) {
                return ballots(c, ballotWrites(c.block()));
            }
            return ballots(command, List.of());
        } catch (CeilingException e) {
            return StorageFailures.of(command, IoResult.failure(0, 0, e.line()));
        }
    }

    /**
     * Writes the own entries that lie there under an older MAC key once more, as they are: before the others stop
     * accepting that key. Beats come by themselves.
     */
    void writeAgain(Entry<BallotBlock> ballot, List<Entry<MailEntry>> mails)
            throws LaneGoneException, LaneShutException {
        int self = scope.selfIndex();
        if (blocks.isUnderOtherKey(ballot)) {
            List<OwnWrite> writes = LaneIo.both(
                    own.ballot, (copy, number) -> blocks.sealBallotAgain(self, copy, number, ballot.slot()));
            memory.ballot(memory.ballot().trying(writes.get(0).number()));
            again(writes);
            memory.ballot(memory.ballot().acknowledge(writes.get(0).number()));
        }
        for (int host = 0; host < mails.size(); host++) {
            int suspect = host;
            Entry<MailEntry> mail = mails.get(host);
            if (blocks.isUnderOtherKey(mail)) {
                again(LaneIo.both(
                        own.mails.get(host),
                        (copy, number) -> blocks.sealMailAgain(suspect, self, copy, number, mail.slot())));
            }
        }
    }

    private void again(List<OwnWrite> writes) throws LaneGoneException, LaneShutException {
        IoResult written = io.perform(writes, List.of()).io();
        if (!written.ok()) {
            throw LaneShutException.forNow("own blocks cannot be written with the new MAC key: " + written.detail());
        }
    }

    private StorageObservation beatRound(StorageCommand.BeatRound c) throws LaneGoneException, LaneShutException {
        List<OwnWrite> write = LaneIo.alternating(
                own.beat, (copy, number) -> blocks.sealBeat(scope.selfIndex(), copy, number, c.beat()));
        long number = write.get(0).number();
        memory.beat(memory.beat().trying(number));
        int hosts = scope.members().size();
        Done done = io.perform(write, List.of(layout.mailRow(scope.selfIndex(), hosts), layout.beats(hosts)));
        if (!done.io().ok()) {
            return StorageFailures.of(c, done.io());
        }
        memory.beat(memory.beat().acknowledge(number));
        List<String> notes = new ArrayList<>();
        List<Slot<MailEntry>> mail = ownMail(done.reads().get(0), notes);
        Map<HostId, Slot<Beat>> beats = allBeats(done.reads().get(1), notes);
        return new StorageObservation.BeatRoundDone(c.storage(), c.op(), noted(done.io(), notes), mail, beats);
    }

    private StorageObservation scanBeats(StorageCommand.ScanBeats c) throws LaneGoneException, LaneShutException {
        Done done = io.perform(List.of(), List.of(layout.beats(scope.members().size())));
        if (!done.io().ok()) {
            return StorageFailures.of(c, done.io());
        }
        List<String> notes = new ArrayList<>();
        Map<HostId, Slot<Beat>> beats = allBeats(done.reads().get(0), notes);
        return new StorageObservation.BeatsScanned(c.storage(), c.op(), noted(done.io(), notes), beats);
    }

    private StorageObservation mailRound(StorageCommand.MailRound c) throws LaneGoneException, LaneShutException {
        int suspect = scope.members().indexOf(c.suspect());
        if (suspect < 0
                || !c.entry().claimer().equals(scope.self())
                || !c.entry().suspect().equals(c.suspect())) {
            throw new IllegalStateException("mail of " + scope.self() + " for " + c.suspect() + ": " + c.entry());
        }
        List<OwnWrite> writes = LaneIo.both(
                own.mails.get(suspect),
                (copy, number) -> blocks.sealMail(suspect, scope.selfIndex(), copy, number, c.entry()));
        Done done = io.perform(writes, List.of(layout.beat(suspect), layout.beat(scope.selfIndex())));
        if (!done.io().ok()) {
            return StorageFailures.of(c, done.io());
        }
        judgeOwnBeat(done.reads().get(1));
        Entry<Beat> entry = blocks.openBeat(suspect, c.suspect(), done.reads().get(0));
        List<String> notes = new ArrayList<>();
        note(notes, "beat of " + c.suspect(), entry);
        return new StorageObservation.MailRoundDone(c.storage(), c.op(), noted(done.io(), notes), entry.slot());
    }

    private List<OwnWrite> ballotWrites(BallotBlock block) {
        List<OwnWrite> writes =
                LaneIo.both(own.ballot, (copy, number) -> blocks.sealBallot(scope.selfIndex(), copy, number, block));
        memory.ballot(memory.ballot().trying(writes.get(0).number()));
        return writes;
    }

    private StorageObservation ballots(StorageCommand c, List<OwnWrite> writes)
            throws LaneGoneException, LaneShutException {
        Done done = io.perform(writes, List.of(layout.ballots(scope.members().size()), layout.beat(scope.selfIndex())));
        if (!done.io().ok()) {
            return StorageFailures.of(c, done.io());
        }
        judgeOwnBeat(done.reads().get(1));
        if (!writes.isEmpty()) {
            memory.ballot(memory.ballot().acknowledge(writes.get(0).number()));
        }
        List<String> notes = new ArrayList<>();
        Map<HostId, Slot<BallotBlock>> all = new LinkedHashMap<>();
        for (int host = 0; host < scope.members().size(); host++) {
            HostId member = scope.members().get(host);
            Entry<BallotBlock> entry =
                    blocks.openBallot(host, done.reads().get(0).slice(host * layout.ballotPair(), layout.ballotPair()));
            if (host == scope.selfIndex()) {
                judge("ballot block", own.ballot, entry);
            }
            note(notes, "ballot block of " + member, entry);
            all.put(member, entry.slot());
        }
        return new StorageObservation.BallotsRead(
                c.storage(), c.op(), noted(done.io(), notes), !writes.isEmpty(), Collections.unmodifiableMap(all));
    }

    private List<Slot<MailEntry>> ownMail(ByteBuffer row, List<String> notes) {
        List<Slot<MailEntry>> mail = new ArrayList<>();
        for (int claimer = 0; claimer < scope.members().size(); claimer++) {
            HostId member = scope.members().get(claimer);
            Entry<MailEntry> entry = blocks.openMail(
                    scope.selfIndex(), claimer, scope.self(), member, row.slice(claimer * Layout.PAIR, Layout.PAIR));
            if (claimer != scope.selfIndex() && !entry.slot().equals(Slot.empty())) {
                note(notes, "mail of " + member, entry);
                mail.add(entry.slot());
            }
        }
        return mail;
    }

    private Map<HostId, Slot<Beat>> allBeats(ByteBuffer pairs, List<String> notes) throws LaneShutException {
        Map<HostId, Slot<Beat>> beats = new LinkedHashMap<>();
        for (int host = 0; host < scope.members().size(); host++) {
            HostId member = scope.members().get(host);
            Entry<Beat> entry = blocks.openBeat(host, member, pairs.slice(host * Layout.PAIR, Layout.PAIR));
            if (host == scope.selfIndex()) {
                judge("beat", own.beat, entry);
            }
            note(notes, "beat of " + member, entry);
            beats.put(member, entry.slot());
        }
        return Collections.unmodifiableMap(beats);
    }

    /** Beats are written all the time, so they tell first that a storage came back old, before a vote counts there. */
    private void judgeOwnBeat(ByteBuffer pair) throws LaneShutException {
        judge("beat", own.beat, blocks.openBeat(scope.selfIndex(), scope.self(), pair));
    }

    private void judge(String what, OwnSlot slot, Entry<?> read) throws LaneShutException {
        switch (slot.judge(read)) {
            case WENT_BACK -> throw LaneShutException.forGood(slot.wentBack(what, read));
            case SECOND_WRITER -> throw LaneShutException.forGood(LaneOpening.secondAgent(scope, bootOf(read)));
            case LOST ->
                throw LaneShutException.forNow(
                        "own " + what + " is unreadable though its write was acknowledged: " + read.detail());
            case FINE -> {}
        }
    }

    private static Optional<UUID> bootOf(Entry<?> read) {
        return read.slot()
                .value()
                .filter(Beat.class::isInstance)
                .map(beat -> ((Beat) beat).incarnation().bootId());
    }

    private static void note(List<String> notes, String what, Entry<?> entry) {
        if (entry.slot().unknown()) {
            notes.add(what + " " + entry.detail());
        }
    }

    /** An operation that went well may still have met blocks that nobody can read. */
    private static IoResult noted(IoResult io, List<String> notes) {
        String detail = String.join("; ", notes);
        String cut = detail.length() > DETAIL_MAX ? detail.substring(0, DETAIL_MAX) : detail;
        return new IoResult(io.ok(), io.startNs(), io.endNs(), cut);
    }
}
