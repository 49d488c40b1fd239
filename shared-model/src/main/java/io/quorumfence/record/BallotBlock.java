package io.quorumfence.record;

import java.util.Optional;

/**
 * One host's block on one storage: what it knows as decided, and its ballot for the version after that (Disk Paxos, one
 * instance per version; rule 7).
 *
 * @param decided the newest decided record the host knows
 * @param promised the ballot it has entered for version {@code decided.version() + 1} (mbal)
 * @param accepted the ballot under which it accepted a value (bal); zero when none
 * @param candidate the value accepted; present exactly when {@code accepted} is not zero
 */
public record BallotBlock(CellRecord decided, Ballot promised, Ballot accepted, Optional<CellRecord> candidate)
        implements Comparable<BallotBlock> {
    public BallotBlock {
        if (accepted.isZero() == candidate.isPresent()) {
            throw new IllegalArgumentException("accepted " + accepted + " with candidate " + candidate.isPresent());
        }
    }

    /** A block that knows a decision and takes part in no ballot. */
    public static BallotBlock of(CellRecord decided) {
        return new BallotBlock(decided, Ballot.ZERO, Ballot.ZERO, Optional.empty());
    }

    /** The version this block's ballot is for. */
    public long ballotVersion() {
        return decided.version() + 1;
    }

    /** Order in which one host writes its blocks: a host that reads an earlier one of its own drops that storage. */
    @Override
    public int compareTo(BallotBlock other) {
        int byVersion = Long.compare(decided.version(), other.decided.version());
        if (byVersion != 0) {
            return byVersion;
        }
        int byPromise = promised.compareTo(other.promised);
        return byPromise != 0 ? byPromise : accepted.compareTo(other.accepted);
    }
}
