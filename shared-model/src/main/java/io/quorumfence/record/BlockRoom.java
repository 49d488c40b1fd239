package io.quorumfence.record;

import io.quorumfence.model.Permit;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * What a ballot block has room for: the decided record whole, and beside it the next one. A value that does not fit can
 * never be written, so it must not become a candidate: its host would try for ever, and decide nothing else.
 *
 * @param bytesOf size of a block as it is written; pure
 * @param bytes room in a block of the smallest storage
 */
public record BlockRoom(ToIntFunction<BallotBlock> bytesOf, int bytes) {
    /** Left for ballots, which grow a little, and for the claims that come when permits have taken their half. */
    static final int RESERVE = 1024;

    /** For a register that has not opened a storage yet, and so decides nothing. */
    public static BlockRoom unknown(ToIntFunction<BallotBlock> bytesOf) {
        return new BlockRoom(bytesOf, Integer.MAX_VALUE);
    }

    BlockRoom atMost(int limit) {
        return limit < bytes ? new BlockRoom(bytesOf, limit) : this;
    }

    /**
     * Permits are granted only while two whole records fit, for one proof may end every permit of its host and so spell
     * the whole record again. Joins, claims, proofs and the ends of permits may use all the room there is. A claim that
     * a host takes for itself, or the entry of a VM that is ignored, leaves a quarter of the permits' room for those
     * that follow a host's death.
     */
    boolean takes(CellRecord base, CellRecord next) {
        boolean grants = false;
        boolean claims = false;
        for (Permit permit : next.permits()) {
            boolean fresh = permit.id() >= base.nextNumber();
            grants |= fresh;
            claims |= fresh && permit.isClaim();
        }
        boolean exempts = next.exemptions().size() > base.exemptions().size();
        grants |= exempts;
        claims &= open(next) > open(base); // one that takes an own permit's place leaves as much room as there was
        claims |= exempts;
        if (grants) {
            long permitted = 2L * bytesOf.applyAsInt(BallotBlock.of(next));
            long limit = bytes - RESERVE;
            if (permitted > (claims ? limit / 4 * 3 : limit)) {
                return false;
            }
        }
        Ballot any = Ballot.ZERO.next(0);
        return bytesOf.applyAsInt(new BallotBlock(base, any, any, Optional.of(next))) <= bytes - RESERVE / 4;
    }

    private static long open(CellRecord record) {
        return record.permits().stream().filter(Permit::isOpen).count();
    }
}
