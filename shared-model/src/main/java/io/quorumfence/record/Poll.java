package io.quorumfence.record;

import io.quorumfence.model.StorageId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One question put to every lane, and the answers. A new question gets a new generation: older
 * answers do not count.
 */
final class Poll {
    /** The generation of a write whose answer nobody waits for. */
    static final long NOBODY_ASKS = 0;

    private long generation = NOBODY_ASKS;
    private final Set<StorageId> asked = new HashSet<>();
    private final Set<StorageId> failed = new HashSet<>();
    private final Set<StorageId> answered = new HashSet<>();
    private final List<BallotBlock> seen = new ArrayList<>();

    Poll() {}

    Poll(Poll from) {
        generation = from.generation;
        asked.addAll(from.asked);
        failed.addAll(from.failed);
        answered.addAll(from.answered);
        seen.addAll(from.seen);
    }

    long generation() {
        return generation;
    }

    void next() {
        generation++;
        asked.clear();
        failed.clear();
        answered.clear();
        seen.clear();
    }

    /** Whether the storage has yet to be asked; it is, from now on. */
    boolean ask(StorageId storage) {
        return asked.add(storage);
    }

    void failed(StorageId storage, long ofGeneration) {
        if (counts(ofGeneration)) {
            failed.add(storage);
        }
    }

    /** Storages of this question that failed since it was last put to them. */
    int failures() {
        return failed.size();
    }

    void askFailedAgain() {
        if (!failed.isEmpty()) {
            asked.removeAll(failed);
            failed.clear();
        }
    }

    boolean counts(long ofGeneration) {
        return ofGeneration == generation;
    }

    void add(StorageId storage, List<BallotBlock> blocks) {
        answered.add(storage);
        seen.addAll(blocks);
    }

    int answers() {
        return answered.size();
    }

    /** The highest promise for a version; zero when nobody has one. */
    Ballot highestPromise(long version) {
        Ballot highest = Ballot.ZERO;
        for (BallotBlock block : seen) {
            if (block.ballotVersion() == version && block.promised().compareTo(highest) > 0) {
                highest = block.promised();
            }
        }
        return highest;
    }

    /** The block with the highest accepted ballot for a version, the own one included. */
    Optional<BallotBlock> highestAccepted(long version, BallotBlock own) {
        BallotBlock highest = own;
        for (BallotBlock block : seen) {
            if (block.ballotVersion() == version && block.accepted().compareTo(highest.accepted()) > 0) {
                highest = block;
            }
        }
        return highest.accepted().isZero() ? Optional.empty() : Optional.of(highest);
    }
}
