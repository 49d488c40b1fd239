package io.quorumfence.record;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** This host's own part in the instance for the version after the decided one: what its block says. */
final class OwnBallot {
    private final int index;
    private Ballot promised = Ballot.ZERO;
    private Ballot accepted = Ballot.ZERO;
    private @Nullable CellRecord candidate;
    /** The highest promise of anybody seen for this version. */
    private Ballot highestSeen = Ballot.ZERO;

    private boolean recovered;
    private @Nullable BallotBlock highestFound;

    OwnBallot(int index) {
        this.index = index;
    }

    OwnBallot(OwnBallot from) {
        index = from.index;
        promised = from.promised;
        accepted = from.accepted;
        candidate = from.candidate;
        highestSeen = from.highestSeen;
        recovered = from.recovered;
        highestFound = from.highestFound;
    }

    BallotBlock block(CellRecord decided) {
        return new BallotBlock(decided, promised, accepted, Optional.ofNullable(candidate));
    }

    CellRecord candidate() {
        if (candidate == null) {
            throw new IllegalStateException("host number " + index + " decides " + promised + " without a candidate");
        }
        return candidate;
    }

    /** The version this was about is decided. */
    void forget() {
        promised = Ballot.ZERO;
        accepted = Ballot.ZERO;
        candidate = null;
        highestSeen = Ballot.ZERO;
    }

    /** An own block on a storage; before {@link #recover} it may be from an earlier process of this host. */
    void found(BallotBlock mine) {
        if (!recovered && (highestFound == null || mine.compareTo(highestFound) > 0)) {
            highestFound = mine;
        }
    }

    /**
     * After a restart the own ballot is the highest own block on a majority of storages. One that is not there was
     * on no
     * majority, so nothing was chosen by it; and it cannot land later, for its lane is shut until it has ended.
     */
    void recover(CellRecord decided) {
        BallotBlock mine = highestFound;
        if (!recovered && mine != null && mine.decided().version() == decided.version()) {
            promised = mine.promised();
            accepted = mine.accepted();
            candidate = mine.candidate().orElse(null);
        }
        recovered = true;
        highestFound = null;
    }

    void saw(Ballot promise) {
        highestSeen = promise.compareTo(highestSeen) > 0 ? promise : highestSeen;
    }

    /** Whether somebody entered a higher ballot, so that this one may not go on. */
    boolean isOvertaken() {
        return highestSeen.compareTo(promised) > 0;
    }

    void enterNext() {
        promised = (isOvertaken() ? highestSeen : promised).next(index);
    }

    void accept(@Nullable CellRecord value) {
        if (value == null) {
            throw new IllegalStateException("host number " + index + " accepts " + promised + " without a value");
        }
        accepted = promised;
        candidate = value;
    }
}
