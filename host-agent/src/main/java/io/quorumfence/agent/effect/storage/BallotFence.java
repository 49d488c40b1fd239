package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.record.Ballot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import io.quorumfence.wire.BlockWrite;
import io.quorumfence.wire.Entry;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.MacKeys;
import io.quorumfence.wire.StorageBlocks;
import io.quorumfence.wire.StorageHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A promise far above every ballot of the cell, in this host's block on the storages that stay. A proposer that counted
 * the emptied storage before, and reaches one of these only after they were copied, reads it there and gives up: else
 * it would decide with a vote that is remembered nowhere (decision 0020). Blocks with the storages.
 */
final class BallotFence {
    /** No proposer gets this far above what is visible: every further ballot costs it a read that shows it here. */
    static final long ROUNDS = 1L << 20;

    private final CellConfig config;
    private final MacKeys keys;

    BallotFence(CellConfig config, MacKeys keys) {
        this.config = config;
        this.keys = keys;
    }

    /** The block of this host that overtakes every ballot for the newest version; its own vote stays in it. */
    static Optional<BallotBlock> block(Map<Integer, BallotBlock> newest, int self) {
        Collection<BallotBlock> blocks = newest.values();
        Optional<CellRecord> decided =
                blocks.stream().map(BallotBlock::decided).reduce((a, b) -> b.version() > a.version() ? b : a);
        return decided.map(record -> {
            long round = blocks.stream()
                    .filter(block -> block.decided().version() == record.version())
                    .mapToLong(block -> block.promised().round())
                    .max()
                    .orElse(0);
            Ballot raised = new Ballot(round + ROUNDS, self);
            BallotBlock own = newest.get(self);
            return own != null && own.decided().version() == record.version()
                    ? new BallotBlock(record, raised, own.accepted(), own.candidate())
                    : new BallotBlock(record, raised, Ballot.ZERO, Optional.empty());
        });
    }

    /** Writes it to both copies on one storage, as the next write of this host, whose lane we hold. */
    void write(StorageSpec storage, LaneProcess lane, StorageHeader header, BallotBlock block)
            throws LaneGoneException, StorageInitException {
        int self = config.indexOf(config.host());
        StorageBlocks blocks = new StorageBlocks(keys, header);
        ByteBuffer pair =
                run(storage, lane, LaneOp.read(header.layout().ballot(self))).get(0);
        long number = blocks.openBallot(self, pair)
                        .newest()
                        .map(Entry.Stamp::writeSequence)
                        .orElse(0L)
                + OwnSlot.STRIDE;
        List<BlockWrite> writes = new ArrayList<>();
        for (int copy = 0; copy < Layout.COPIES; copy++) {
            writes.add(blocks.sealBallot(self, copy, number, block));
        }
        run(storage, lane, new LaneOp(writes, List.of()));
    }

    private static List<ByteBuffer> run(StorageSpec storage, LaneProcess lane, LaneOp op)
            throws LaneGoneException, StorageInitException {
        LaneReply reply = lane.run(op);
        if (!reply.ok()) {
            throw new StorageInitException("storage " + storage.id() + ": the ballot fence could not be written: "
                    + reply.text() + "; the chosen storages are not initialised, run it again");
        }
        return reply.reads();
    }
}
