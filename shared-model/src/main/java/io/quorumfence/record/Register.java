package io.quorumfence.record;

import io.quorumfence.model.HostId;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.quorum.Quorum;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One host's view of the cell record: Disk Paxos, one instance per version, one block per host and storage.
 *
 * <p>A pass reads all blocks on a majority of storages; finishes any accepted ballot it sees (rule 7); folds the waiting
 * changes onto the newest decided record; and, if something is to be decided, runs two phases, each "write the own
 * block, then read all" on a majority. A block that cannot be verified keeps its storage out of the majority.
 *
 * <p>Not thread-safe; a plain value with {@link #copy()}. Time comes in as {@code nowNs}. Never blocks, never acts: it
 * says what it {@link #want wants} from an idle lane and is told what the lane read.
 */
public final class Register {
    private static final long MILLI = 1_000_000L;
    /** Another host's accepted ballot is left alone this long before it is finished for it. */
    static final long GRACE_NS = 60 * MILLI;

    static final long BACKOFF_STEP_NS = 12 * MILLI;

    private enum Mode {
        IDLE,
        READING,
        PHASE1,
        PHASE2
    }

    private final HostId self;
    private final int index;
    private final int majority;
    private final Set<StorageId> storages;

    private Mode mode = Mode.IDLE;
    private long generation;
    private @Nullable CellRecord decided;
    private Ballot promised = Ballot.ZERO;
    private Ballot accepted = Ballot.ZERO;
    private @Nullable CellRecord candidate;
    private boolean recovered;
    private @Nullable BallotBlock ownOnStorage;
    private Ballot highestPromise = Ballot.ZERO;
    private Ballot graceFor = Ballot.ZERO;
    private long retryAtNs = Long.MIN_VALUE;
    private int attempt;
    private @Nullable CellRecord proposal;

    private final Map<Long, RecordChange> changes = new LinkedHashMap<>();
    private final Set<Long> reads = new LinkedHashSet<>();
    private final Set<Long> eligible = new LinkedHashSet<>();
    private final Set<StorageId> asked = new HashSet<>();
    private final Set<StorageId> failed = new HashSet<>();
    private final Set<StorageId> done = new HashSet<>();
    private final Set<StorageId> toTell = new HashSet<>();
    private final List<BallotBlock> seen = new ArrayList<>();
    private final List<RegisterOutcome> outcomes = new ArrayList<>();

    public Register(HostId self, int index, Collection<StorageId> storages) {
        this.self = self;
        this.index = index;
        this.storages = Set.copyOf(storages);
        this.majority = Quorum.majority(this.storages.size());
    }

    /** An independent copy with the same content. */
    public Register copy() {
        Register twin = new Register(self, index, storages);
        twin.mode = mode;
        twin.generation = generation;
        twin.decided = decided;
        twin.promised = promised;
        twin.accepted = accepted;
        twin.candidate = candidate;
        twin.recovered = recovered;
        twin.ownOnStorage = ownOnStorage;
        twin.highestPromise = highestPromise;
        twin.graceFor = graceFor;
        twin.retryAtNs = retryAtNs;
        twin.attempt = attempt;
        twin.proposal = proposal;
        twin.changes.putAll(changes);
        twin.reads.addAll(reads);
        twin.eligible.addAll(eligible);
        twin.asked.addAll(asked);
        twin.failed.addAll(failed);
        twin.done.addAll(done);
        twin.toTell.addAll(toTell);
        twin.seen.addAll(seen);
        twin.outcomes.addAll(outcomes);
        return twin;
    }

    /**
     * Makes a decided record known that an earlier process had read; it is no read of this one. Before anything else.
     */
    public void seed(CellRecord stored) {
        if (decided != null || mode != Mode.IDLE) {
            throw new IllegalStateException("the register of " + self + " is seeded after it began");
        }
        decided = stored;
    }

    /** The newest decided record known; it may be older than what is decided in the cell. */
    public Optional<CellRecord> known() {
        return Optional.ofNullable(decided);
    }

    /** Version of {@link #known()}, 0 before the first read. */
    public long knownVersion() {
        return decided == null ? 0 : decided.version();
    }

    public boolean isIdle() {
        return mode == Mode.IDLE && changes.isEmpty() && reads.isEmpty();
    }

    /** Asks for a change to be decided; answered by an outcome with the same number. */
    public void submit(long request, RecordChange change, long nowNs) {
        changes.put(request, change);
        startIfIdle(nowNs);
    }

    /** Asks for a linearizable read; answered by an outcome with the same number. */
    public void read(long request, long nowNs) {
        reads.add(request);
        startIfIdle(nowNs);
    }

    /** Lets retries and back-offs go on; call it on every tick. */
    public void tick(long nowNs) {
        if (!failed.isEmpty()) {
            asked.removeAll(failed);
            failed.clear();
        }
        startIfIdle(nowNs);
    }

    /** Outcomes since the last call. */
    public List<RegisterOutcome> takeOutcomes() {
        if (outcomes.isEmpty()) {
            return List.of();
        }
        List<RegisterOutcome> taken = List.copyOf(outcomes);
        outcomes.clear();
        return taken;
    }

    /** What an idle lane shall do for the register; the caller hands it to the lane at once. */
    public Optional<RegisterWant> want(StorageId storage) {
        if (mode == Mode.IDLE) {
            return decided != null && recovered && toTell.remove(storage)
                    ? Optional.of(new RegisterWant.Round(0, ownBlock()))
                    : Optional.empty();
        }
        if (!asked.add(storage)) {
            return Optional.empty();
        }
        return Optional.of(
                mode == Mode.READING
                        ? new RegisterWant.Read(generation)
                        : new RegisterWant.Round(generation, ownBlock()));
    }

    private BallotBlock ownBlock() {
        return new BallotBlock(requireDecided(), promised, accepted, Optional.ofNullable(candidate));
    }

    private CellRecord requireDecided() {
        if (decided == null) {
            throw new IllegalStateException("the register of " + self + " acts before it has read a record");
        }
        return decided;
    }

    /** A lane's operation for the register failed or its lane shut; it is asked again on the next tick. */
    public void laneFailed(StorageId storage, long ofGeneration) {
        if (ofGeneration == generation) {
            failed.add(storage);
        }
    }

    /** What a lane read, after it wrote the own block if it was asked to. */
    public void laneRead(StorageId storage, long ofGeneration, Map<HostId, Slot<BallotBlock>> blocks, long nowNs) {
        if (blocks.values().stream().anyMatch(slot -> slot.value().isEmpty())) {
            laneFailed(storage, ofGeneration); // unknown is never empty: the storage does not count
            return;
        }
        List<BallotBlock> values =
                blocks.values().stream().map(slot -> slot.value().orElseThrow()).toList();
        boolean moved = learn(values);
        Slot<BallotBlock> own = blocks.get(self);
        if (own != null && own.value().isPresent()) {
            BallotBlock mine = own.value().get();
            ownOnStorage = ownOnStorage == null || mine.compareTo(ownOnStorage) > 0 ? mine : ownOnStorage;
        }
        if (moved && (mode == Mode.PHASE1 || mode == Mode.PHASE2)) {
            startAnew(nowNs); // whichever phase the answer belongs to: the version voted on is decided
            return;
        }
        if (ofGeneration != generation || mode == Mode.IDLE) {
            return;
        }
        seen.addAll(values);
        done.add(storage);
        switch (mode) {
            case READING -> readProgress(nowNs);
            case PHASE1, PHASE2 -> voteProgress(nowNs);
            default -> throw new IllegalStateException("register of " + self + " counts a lane while idle");
        }
    }

    /** Rule 7: whoever sees a decided version above its own adopts it; a ballot for an older version is over. */
    private boolean learn(List<BallotBlock> blocks) {
        boolean moved = false;
        for (BallotBlock block : blocks) {
            if (decided == null || block.decided().version() > decided.version()) {
                decided = block.decided();
                forgetBallot();
                moved = true;
            }
        }
        return moved;
    }

    private void forgetBallot() {
        promised = Ballot.ZERO;
        accepted = Ballot.ZERO;
        candidate = null;
        highestPromise = Ballot.ZERO;
        graceFor = Ballot.ZERO;
    }

    private void startIfIdle(long nowNs) {
        boolean work = !changes.isEmpty() || !reads.isEmpty();
        if (mode == Mode.IDLE && work && nowNs >= retryAtNs) {
            eligible.clear();
            eligible.addAll(changes.keySet());
            eligible.addAll(reads);
            enter(Mode.READING);
        }
    }

    private void enter(Mode next) {
        mode = next;
        generation++;
        asked.clear();
        failed.clear();
        done.clear();
        seen.clear();
    }

    private void pause(long untilNs) {
        mode = Mode.IDLE;
        retryAtNs = untilNs;
    }

    private void readProgress(long nowNs) {
        if (done.size() < majority) {
            return;
        }
        recover();
        Optional<BallotBlock> unfinished = highestAccepted();
        if (unfinished.isEmpty()) {
            fold(nowNs);
            return;
        }
        Ballot open = unfinished.get().accepted();
        boolean foreign = open.hostIndex() != index;
        if (foreign && !open.equals(graceFor)) {
            graceFor = open;
            pause(nowNs + GRACE_NS);
            return;
        }
        // Proposing the same value is safe even if this vote's majority does not show the ballot again.
        proposal = unfinished.get().candidate().orElseThrow();
        startVote();
    }

    /** After a restart the own ballot is the highest own block on a majority of storages (R2 keeps late ones away). */
    private void recover() {
        if (recovered) {
            return;
        }
        recovered = true;
        BallotBlock own = ownOnStorage;
        if (own != null && own.decided().version() == requireDecided().version()) {
            promised = own.promised();
            accepted = own.accepted();
            candidate = own.candidate().orElse(null);
        }
    }

    private Optional<BallotBlock> highestAccepted() {
        long version = requireDecided().version() + 1;
        Optional<BallotBlock> best = Optional.empty();
        for (BallotBlock block : seen) {
            boolean counts =
                    block.ballotVersion() == version && !block.accepted().isZero();
            if (counts
                    && (best.isEmpty() || block.accepted().compareTo(best.get().accepted()) > 0)) {
                best = Optional.of(block);
            }
            if (block.ballotVersion() == version && block.promised().compareTo(highestPromise) > 0) {
                highestPromise = block.promised();
            }
        }
        boolean ownIsHigher = !accepted.isZero()
                && (best.isEmpty() || accepted.compareTo(best.get().accepted()) > 0);
        return ownIsHigher ? Optional.of(ownBlock()) : best;
    }

    /** The read is linearizable here: no ballot of the next version was accepted when it began. */
    private void fold(long nowNs) {
        CellRecord base = requireDecided();
        CellRecord next = base;
        for (Long request : List.copyOf(eligible)) {
            RecordChange change = changes.get(request);
            if (change == null) {
                finishRead(request, base);
                continue;
            }
            ChangeResult result = change.applyTo(next);
            if (result instanceof ChangeResult.Applied applied) {
                next = applied.next();
            } else {
                finish(request, change.applyTo(base), base);
            }
        }
        if (next == base) {
            mode = Mode.IDLE;
            attempt = 0;
            startIfIdle(nowNs);
            return;
        }
        proposal = next.withVersion(base.version() + 1);
        startVote();
    }

    private void finishRead(long request, CellRecord base) {
        eligible.remove(request);
        if (reads.remove(request)) {
            outcomes.add(new RegisterOutcome.ReadDone(request, base));
        }
    }

    /** A change that is void only because of another waiting one stays for the next pass. */
    private void finish(long request, ChangeResult onBase, CellRecord base) {
        if (onBase instanceof ChangeResult.Applied) {
            return;
        }
        changes.remove(request);
        eligible.remove(request);
        outcomes.add(
                onBase instanceof ChangeResult.Rejected no
                        ? new RegisterOutcome.Refused(request, base, no.code(), no.detail())
                        : new RegisterOutcome.Decided(request, base));
    }

    private void startVote() {
        Ballot floor = highestPromise.compareTo(promised) > 0 ? highestPromise : promised;
        promised = floor.next(index);
        enter(Mode.PHASE1);
    }

    private void startAnew(long nowNs) {
        attempt = 0;
        pause(nowNs);
        startIfIdle(nowNs);
    }

    private void voteProgress(long nowNs) {
        long version = requireDecided().version() + 1;
        for (BallotBlock block : seen) {
            if (block.ballotVersion() == version && block.promised().compareTo(promised) > 0) {
                highestPromise = block.promised();
                backOff(nowNs);
                return;
            }
        }
        if (done.size() >= majority) {
            if (mode == Mode.PHASE1) {
                accept();
            } else {
                decide(nowNs);
            }
        }
    }

    /** The wait grows with every lost attempt and differs by host, so that two proposers part. */
    private void backOff(long nowNs) {
        attempt = Math.min(attempt + 1, 8);
        pause(nowNs + BACKOFF_STEP_NS * attempt * (1 + (index + attempt) % 5));
    }

    private void accept() {
        CellRecord value = highestAccepted().flatMap(BallotBlock::candidate).orElse(proposal);
        if (value == null) {
            throw new IllegalStateException("register of " + self + " votes on version "
                    + (requireDecided().version() + 1) + " without a value");
        }
        accepted = promised;
        candidate = value;
        enter(Mode.PHASE2);
    }

    private void decide(long nowNs) {
        CellRecord value = candidate;
        if (value == null) {
            throw new IllegalStateException("register of " + self + " decides without a candidate");
        }
        decided = value;
        forgetBallot();
        attempt = 0;
        toTell.addAll(storages);
        for (Long request : List.copyOf(eligible)) {
            RecordChange change = changes.get(request);
            if (change != null && change.applyTo(value) instanceof ChangeResult.Already) {
                finish(request, new ChangeResult.Already(), value);
            }
        }
        pause(nowNs);
        startIfIdle(nowNs);
    }
}
