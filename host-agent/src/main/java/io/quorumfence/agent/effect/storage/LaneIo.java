package io.quorumfence.agent.effect.storage;

import io.quorumfence.model.IoResult;
import io.quorumfence.wire.BlockWrite;
import io.quorumfence.wire.Layout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes own entries and reads, in one strict order, on a storage that is checked each time. Confined to the lane. */
final class LaneIo {
    private final LaneProcess process;
    private final LaneHeaders headers;

    LaneIo(LaneProcess process, LaneHeaders headers) {
        this.process = process;
        this.headers = headers;
    }

    /** A sealed block of an own entry on its way into one of its copies. */
    record OwnWrite(OwnSlot slot, int copy, BlockWrite block) {
        long number() {
            return block.stamp().writeSequence();
        }
    }

    /** Seals one copy under one number. */
    interface Seal {
        BlockWrite seal(int copy, long number);
    }

    /** How a sequence of writes and reads ended; no reads unless it went well. */
    record Done(IoResult io, List<ByteBuffer> reads) {}

    /** One write, into the copy whose loss costs nothing. */
    static List<OwnWrite> alternating(OwnSlot slot, Seal seal) {
        int copy = slot.nextCopy();
        return List.of(new OwnWrite(slot, copy, seal.seal(copy, slot.takeNumber())));
    }

    /** The same write into both copies, one after the other: acknowledged means that two copies hold it. */
    static List<OwnWrite> both(OwnSlot slot, Seal seal) {
        long number = slot.takeNumber();
        int first = slot.nextCopy();
        int second = Layout.COPIES - 1 - first;
        return List.of(
                new OwnWrite(slot, first, seal.seal(first, number)),
                new OwnWrite(slot, second, seal.seal(second, number)));
    }

    /** The header before any write, then the writes, then the header again and the reads, strictly in this order. */
    Done perform(List<OwnWrite> writes, List<Layout.Range> reads) throws LaneGoneException, LaneShutException {
        if (!writes.isEmpty()) {
            Done before = verified(process.run(LaneOp.read(Layout.header())));
            if (!before.io().ok()) {
                return before;
            }
        }
        List<Layout.Range> ranges = new ArrayList<>(reads);
        ranges.add(0, Layout.header());
        writes.forEach(write -> write.slot().tried(write.copy(), write.block().stamp()));
        LaneReply reply =
                process.run(new LaneOp(writes.stream().map(OwnWrite::block).toList(), ranges));
        int landed = reply.ok() ? writes.size() : Math.min(reply.failedStep(), writes.size());
        writes.subList(0, landed)
                .forEach(
                        write -> write.slot().landed(write.copy(), write.block().stamp()));
        Done done = verified(reply);
        if (done.io().ok() && !writes.isEmpty()) {
            writes.get(0).slot().acknowledge(writes.get(0).block().stamp());
        }
        return done;
    }

    /** Takes the header off the front of what was read. */
    private Done verified(LaneReply reply) throws LaneShutException {
        if (!reply.ok()) {
            return new Done(IoResult.failure(reply.startNs(), reply.endNs(), reply.text()), List.of());
        }
        Optional<String> unfit = headers.whyUnfit(reply.reads().get(0));
        return unfit.isPresent()
                ? new Done(IoResult.failure(reply.startNs(), reply.endNs(), unfit.get()), List.of())
                : new Done(
                        IoResult.success(reply.startNs(), reply.endNs()),
                        reply.reads().subList(1, reply.reads().size()));
    }
}
