package io.quorumfence.record;

import io.quorumfence.model.HostId;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One host's view of the cell record: Disk Paxos, one instance per version, one block per host and storage; the proof
 * is in {@code docs/record.md}.
 *
 * <p>A pass reads all blocks on a majority of storages; answers what the newest decided record answers; finishes any
 * accepted ballot it sees (rule 7); else folds the waiting changes onto the record and decides the next version in two
 * phases, each "write the own block, then read all" on a majority. A storage counts only while every member's block on
 * it can be verified and the own one is no older than it was written.
 *
 * <p>The caller keeps the I/O rules: one operation in flight per storage, over restarts too, never overtaken; every
 * {@link #want} goes to the lane at once and is answered by {@link #laneRead} or {@link #laneFailed} before the lane is
 * asked again.
 *
 * <p>Not thread-safe; a plain value with {@link #copy()}. Time comes in as {@code nowNs}. Never blocks, never acts.
 */
public final class Register {
    private enum Mode {
        IDLE,
        READING,
        PHASE1,
        PHASE2
    }

    private final Seat seat;
    private BlockRoom room;
    private final Requests requests;
    private final OwnBallot own;
    private final OwnWrites writes;
    private final Poll poll;
    private final Pace pace;
    private final Set<StorageId> toTell = new HashSet<>();

    private Mode mode = Mode.IDLE;
    private @Nullable CellRecord decided;
    /** The same as it is handed out: it is asked for several times a step. */
    private Optional<CellRecord> known = Optional.empty();

    private @Nullable CellRecord proposal;
    /** The newest version that anybody said is decided, and what was said before the pass in progress began. */
    private long heardOf;

    private long owedToPass;
    private @Nullable String obstacle;

    /**
     * @param index position of {@code self} in the member list; ballots of two hosts differ by it
     * @param storages the quorum storages this host is configured with; the record must name the same
     * @param room what a block holds, as far as it is known; a change that does not fit is refused as
     *     {@code record-full}
     */
    public Register(HostId self, int index, Collection<StorageId> storages, BlockRoom room) {
        seat = new Seat(self, index, Set.copyOf(storages));
        this.room = room;
        requests = new Requests();
        own = new OwnBallot(index);
        writes = new OwnWrites();
        poll = new Poll();
        pace = new Pace(index);
    }

    private Register(Register from) {
        seat = from.seat;
        room = from.room;
        requests = new Requests(from.requests);
        own = new OwnBallot(from.own);
        writes = new OwnWrites(from.writes);
        poll = new Poll(from.poll);
        pace = new Pace(from.pace);
        toTell.addAll(from.toTell);
        mode = from.mode;
        decided = from.decided;
        known = from.known;
        heardOf = from.heardOf;
        owedToPass = from.owedToPass;
        proposal = from.proposal;
        obstacle = from.obstacle;
    }

    /** An independent copy with the same content. */
    public Register copy() {
        return new Register(this);
    }

    /**
     * Makes a decided record known that an earlier process had read; it is no read of this one. Before anything else.
     */
    public void seed(CellRecord stored) {
        if (decided != null || poll.generation() != Poll.NOBODY_ASKS) {
            throw new IllegalStateException("the register of " + seat.self() + " is seeded after it began");
        }
        obstacle = seat.whyUnfit(stored).orElse(null);
        if (obstacle == null) {
            adopt(stored);
        }
    }

    /**
     * A storage has blocks of this room. The smallest that was ever heard of counts: what does not fit there would be
     * on fewer storages than the cell has.
     */
    public void blockHolds(int bytes) {
        room = room.atMost(bytes);
    }

    /** The newest decided record known; it may be older than what is decided in the cell. */
    public Optional<CellRecord> known() {
        return known;
    }

    /** Version of {@link #known()}, 0 before the first read. */
    public long knownVersion() {
        return decided == null ? 0 : decided.version();
    }

    /**
     * Somebody of this cell knows this version: it was decided, so every read that begins now has to show it. Storages
     * that do not have come back old (rule 19), and a host that has just booted remembers nothing it could miss there.
     */
    public void heardOf(long version) {
        heardOf = Math.max(heardOf, version);
    }

    public boolean isIdle() {
        return mode == Mode.IDLE && requests.isEmpty();
    }

    /** Storages that showed an own block older than it was written: they never count again in this life (rule 5). */
    public Set<StorageId> dropped() {
        return writes.dropped();
    }

    /** Why no storage counts: the record was made for other members or storages than this host is configured with. */
    public Optional<String> obstacle() {
        return Optional.ofNullable(obstacle);
    }

    /** Asks for a change to be decided; answered by an outcome with the same number. */
    public void submit(long request, RecordChange change, long nowNs) {
        requests.change(request, change);
        startIfIdle(nowNs);
    }

    /** Asks for a linearizable read; answered by an outcome with the same number. */
    public void read(long request, long nowNs) {
        requests.read(request);
        startIfIdle(nowNs);
    }

    /** Lets retries and back-offs go on; call it on every tick. */
    public void tick(long nowNs) {
        if (isVoting() && seat.storages().size() - poll.failures() < seat.majority()) {
            // Whoever cannot write, for want of a journal say, can still learn what others decided meanwhile.
            nextPass(nowNs);
        }
        poll.askFailedAgain();
        startIfIdle(nowNs);
    }

    /** Outcomes since the last call. */
    public List<RegisterOutcome> takeOutcomes() {
        return requests.takeOutcomes();
    }

    /** What an idle lane shall do for the register; the caller hands it to the lane at once. */
    public Optional<RegisterWant> want(StorageId storage) {
        if (!seat.storages().contains(storage) || writes.isDropped(storage)) {
            return Optional.empty();
        }
        if (mode == Mode.IDLE) {
            return toTell.remove(storage) ? Optional.of(round(storage, Poll.NOBODY_ASKS)) : Optional.empty();
        }
        if (!poll.ask(storage)) {
            return Optional.empty();
        }
        return Optional.of(
                mode == Mode.READING ? new RegisterWant.Read(poll.generation()) : round(storage, poll.generation()));
    }

    private RegisterWant round(StorageId storage, long generation) {
        BallotBlock block = own.block(requireDecided());
        writes.handed(storage, block);
        return new RegisterWant.Round(generation, block);
    }

    private CellRecord requireDecided() {
        if (decided == null) {
            throw new IllegalStateException("the register of " + seat.self() + " acts before it has read a record");
        }
        return decided;
    }

    /** A lane's operation for the register failed or its lane shut; it is asked again on the next tick. */
    public void laneFailed(StorageId storage, long ofGeneration) {
        writes.failed(storage);
        poll.failed(storage, ofGeneration);
    }

    /**
     * What a lane read, after it wrote the own block if it was asked to. A storage on which any member's block is
     * unreadable, empty or missing does not count: unknown is never empty, and storage-init writes every block.
     */
    public void laneRead(StorageId storage, long ofGeneration, Map<HostId, Slot<BallotBlock>> blocks, long nowNs) {
        writes.acknowledged(storage);
        Optional<Picture> picture = verified(storage, blocks);
        if (picture.isEmpty()) {
            poll.failed(storage, ofGeneration);
            return;
        }
        own.found(picture.get().own());
        boolean moved = learn(picture.get().newest());
        if (moved && isVoting()) {
            // A late answer to an older question counts here too: the ballot is for a version that is over.
            pace.rest();
            nextPass(nowNs);
        } else if (mode != Mode.IDLE && poll.counts(ofGeneration)) {
            poll.add(storage, picture.get().all());
            progress(nowNs);
        }
    }

    private Optional<Picture> verified(StorageId storage, Map<HostId, Slot<BallotBlock>> blocks) {
        boolean lostAWrite = Picture.own(seat.self(), blocks)
                .filter(mine -> writes.isOlderThanWritten(storage, mine))
                .isPresent();
        return lostAWrite ? Optional.empty() : Picture.of(seat.self(), blocks).filter(this::fits);
    }

    /**
     * Once seen, a misfit stays: an older record on another storage must not bring this register back
     * into the vote.
     */
    private boolean fits(Picture picture) {
        if (obstacle == null && picture.newest().version() > knownVersion()) {
            obstacle = seat.whyUnfit(picture.newest()).orElse(null);
        }
        return obstacle == null;
    }

    /** Rule 7: whoever sees a decided version above its own adopts it; a ballot for an older version is over. */
    private boolean learn(CellRecord newest) {
        boolean moved = newest.version() > knownVersion();
        if (moved) {
            adopt(newest);
            own.forget();
        }
        return moved;
    }

    private void adopt(CellRecord newer) {
        decided = newer;
        known = Optional.of(newer);
    }

    private boolean isVoting() {
        return mode == Mode.PHASE1 || mode == Mode.PHASE2;
    }

    private void startIfIdle(long nowNs) {
        if (mode == Mode.IDLE && !requests.isEmpty() && pace.isDue(nowNs)) {
            requests.beginPass();
            owedToPass = heardOf;
            enter(Mode.READING);
        }
    }

    private void enter(Mode next) {
        mode = next;
        poll.next();
    }

    private void nextPass(long nowNs) {
        mode = Mode.IDLE;
        startIfIdle(nowNs);
    }

    private void progress(long nowNs) {
        long version = requireDecided().version() + 1;
        own.saw(poll.highestPromise(version));
        if (isVoting() && own.isOvertaken()) {
            pace.backOff(poll.generation(), nowNs);
            nextPass(nowNs);
        } else if (poll.answers() >= seat.majority()) {
            switch (mode) {
                case READING -> {
                    if (showsWhatIsOwed()) {
                        majorityRead(nowNs);
                    } else if (poll.answers() == seat.storages().size()) {
                        pace.backOff(poll.generation(), nowNs);
                        nextPass(nowNs);
                    }
                }
                case PHASE1 -> accept();
                case PHASE2 -> decide(nowNs);
                default -> throw new IllegalStateException("register of " + seat.self() + " counts answers while idle");
            }
        }
    }

    /** What is decided is known to a block of every majority, or accepted in one; else more storages are waited for. */
    private boolean showsWhatIsOwed() {
        CellRecord base = requireDecided();
        return base.version() >= owedToPass
                || (base.version() + 1 == owedToPass && highestAccepted().isPresent());
    }

    /** The read is linearizable: what was decided when it began is decided here, or accepted in a ballot it shows. */
    private void majorityRead(long nowNs) {
        CellRecord base = requireDecided();
        own.recover(base);
        Optional<BallotBlock> open = highestAccepted();
        requests.answerableFrom(base.version() + (open.isPresent() ? 1 : 0));
        requests.settle(base);
        if (!requests.isPassOpen()) {
            pace.rest();
            nextPass(nowNs);
        } else if (open.isEmpty()) {
            requests.fold(base, room).ifPresentOrElse(this::vote, () -> nextPass(nowNs));
        } else if (open.get().accepted().hostIndex() != seat.index() && pace.granted(nowNs)) {
            nextPass(nowNs);
        } else {
            // Proposing the same value is safe even if the vote's majority does not show the ballot again.
            vote(open.get().candidate().orElseThrow());
        }
    }

    private Optional<BallotBlock> highestAccepted() {
        CellRecord base = requireDecided();
        return poll.highestAccepted(base.version() + 1, own.block(base));
    }

    private void vote(CellRecord value) {
        proposal = value;
        own.enterNext();
        enter(Mode.PHASE1);
    }

    private void accept() {
        own.accept(highestAccepted().flatMap(BallotBlock::candidate).orElse(proposal));
        enter(Mode.PHASE2);
    }

    private void decide(long nowNs) {
        CellRecord value = own.candidate();
        adopt(value);
        own.forget();
        toTell.addAll(seat.storages());
        requests.settle(value);
        pace.rest();
        nextPass(nowNs);
    }
}
