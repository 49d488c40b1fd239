package io.quorumfence.wire;

import io.quorumfence.record.Ballot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import java.util.Optional;

/** A ballot block: the decided record whole, the candidate by what differs from it. */
final class BallotCodec implements PayloadCodec<BallotBlock> {

    @Override
    public void write(Payload.Writer to, BallotBlock block) {
        RecordWriter records = new RecordWriter(to);
        records.write(block.decided(), Optional.empty());
        write(to, block.promised());
        write(to, block.accepted());
        to.flag(block.candidate().isPresent());
        block.candidate().ifPresent(candidate -> records.write(candidate, Optional.of(block.decided())));
    }

    private static void write(Payload.Writer to, Ballot ballot) {
        to.number(ballot.round());
        to.number(ballot.hostIndex());
    }

    @Override
    public BallotBlock read(Payload.Reader from) {
        RecordReader records = new RecordReader(from);
        CellRecord decided = records.read(Optional.empty());
        Ballot promised = readBallot(from);
        Ballot accepted = readBallot(from);
        Optional<CellRecord> candidate =
                from.flag() ? Optional.of(records.read(Optional.of(decided))) : Optional.empty();
        return new BallotBlock(decided, promised, accepted, candidate);
    }

    private static Ballot readBallot(Payload.Reader from) {
        return new Ballot(from.number(), from.small());
    }
}
