package io.quorumfence.record.sim;

import io.quorumfence.model.HostId;
import io.quorumfence.model.Slot;
import io.quorumfence.record.Ballot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.RegisterWant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Plants a {@link Mutant} between the register and its lanes; without one it is clear glass. */
final class Lens {
    private final Mutant mutant;
    private final CellRecord first;

    Lens(Mutant mutant, CellRecord first) {
        this.mutant = mutant;
        this.first = first;
    }

    boolean overtakes() {
        return mutant == Mutant.OVERTAKES_HUNG_WRITE;
    }

    boolean opensLanesEarly() {
        return mutant == Mutant.OPENS_LANE_EARLY;
    }

    boolean readsBeforeWriting() {
        return mutant == Mutant.READS_BEFORE_WRITING;
    }

    boolean acksBeforeLanding() {
        return mutant == Mutant.ACKS_BEFORE_LANDING;
    }

    boolean countsStaleAnswers() {
        return mutant == Mutant.COUNTS_STALE_ANSWERS;
    }

    boolean countsOneShort() {
        return mutant == Mutant.MAJORITY_OFF_BY_ONE;
    }

    BallotBlock onWrite(BallotBlock block) {
        boolean phase1 = block.promised().compareTo(block.accepted()) > 0;
        return mutant == Mutant.FORGETS_ACCEPTED_IN_PHASE_1 && phase1
                ? ballot(block, block.promised(), Ballot.ZERO)
                : block;
    }

    Map<HostId, Slot<BallotBlock>> onRead(SimHost reader, RegisterWant want, Map<HostId, Slot<BallotBlock>> picture) {
        if (mutant == Mutant.NONE) {
            return picture;
        }
        Map<HostId, Slot<BallotBlock>> seen = new LinkedHashMap<>();
        picture.forEach((writer, slot) -> seen.put(writer, distort(reader, want, writer, slot)));
        return seen;
    }

    private Slot<BallotBlock> distort(SimHost reader, RegisterWant want, HostId writer, Slot<BallotBlock> slot) {
        if (hidesOwnSlot() && writer.equals(reader.id) && want instanceof RegisterWant.Round round) {
            return Slot.of(round.block());
        }
        if (slot.value().isEmpty()) {
            return mutant == Mutant.UNREADABLE_IS_EMPTY ? Slot.of(BallotBlock.of(first)) : slot;
        }
        BallotBlock block = slot.value().get();
        boolean own = writer.equals(reader.id);
        boolean wrote = want instanceof RegisterWant.Round;
        return Slot.of(
                switch (mutant) {
                    case ADOPTS_HIGHEST_PROMISED ->
                        wrote && block.candidate().isPresent()
                                ? ballot(block, block.promised(), block.promised())
                                : block;
                    case ADOPTS_NOTHING -> wrote && !own ? ballot(block, block.promised(), Ballot.ZERO) : block;
                    case LEAVES_ACCEPTED_UNFINISHED ->
                        !wrote && !own ? ballot(block, block.promised(), Ballot.ZERO) : block;
                    case FORGETS_DECIDED_IN_BLOCK -> forgetsDecided(reader, block);
                    case RECOVERS_FROM_A_MINORITY ->
                        own && !reader.mayRecoverFromHere() ? BallotBlock.of(block.decided()) : block;
                    case RECOVERS_NOTHING -> own && !reader.hasWritten() ? BallotBlock.of(block.decided()) : block;
                    case OVERLOOKS_HIGHER_PROMISE ->
                        wrote && !own ? ballot(block, block.accepted(), block.accepted()) : block;
                    default -> block;
                });
    }

    /** These would be met by the register's own check of its slot; here that check must not be the only defence. */
    private boolean hidesOwnSlot() {
        return switch (mutant) {
            case OVERTAKES_HUNG_WRITE,
                    OPENS_LANE_EARLY,
                    READS_BEFORE_WRITING,
                    ACKS_BEFORE_LANDING,
                    UNREADABLE_IS_EMPTY,
                    FORGETS_ACCEPTED_IN_PHASE_1 -> true;
            default -> false;
        };
    }

    private BallotBlock forgetsDecided(SimHost reader, BallotBlock block) {
        boolean news = block.decided().version() > reader.knownVersion();
        return news && !block.promised().isZero() ? BallotBlock.of(first) : block;
    }

    private static BallotBlock ballot(BallotBlock block, Ballot promised, Ballot accepted) {
        Optional<CellRecord> candidate = accepted.isZero() ? Optional.empty() : block.candidate();
        return new BallotBlock(block.decided(), promised, accepted, candidate);
    }
}
