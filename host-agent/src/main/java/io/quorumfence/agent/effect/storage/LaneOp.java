package io.quorumfence.agent.effect.storage;

import io.quorumfence.wire.BlockWrite;
import io.quorumfence.wire.Layout;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One operation of a lane: writes in their order, then reads in theirs; the first failure ends it. An operation above
 * the lane's limit is carried out in parts, each of them after the one before.
 */
record LaneOp(List<BlockWrite> writes, List<Layout.Range> reads) {
    /** Bytes written and read by one request; the lane's own limit is twice that. */
    static final int PART_BYTES = 8 * 1024 * 1024;

    private static final int MAGIC = 0x514C4651;
    private static final byte WRITE = 1;
    private static final byte READ = 2;

    LaneOp {
        writes = List.copyOf(writes);
        reads = List.copyOf(reads);
    }

    static LaneOp read(Layout.Range... ranges) {
        return new LaneOp(List.of(), List.of(ranges));
    }

    private record Step(byte kind, long offset, int length, byte[] data) {}

    /** The requests for the lane, in order; more than one only for an operation above {@link #PART_BYTES}. */
    List<byte[]> requests(long opId) {
        List<byte[]> requests = new ArrayList<>();
        List<Step> part = new ArrayList<>();
        int bytes = 0;
        for (Step step : steps()) {
            if (bytes + step.length > PART_BYTES && !part.isEmpty()) {
                requests.add(encode(opId, part));
                part.clear();
                bytes = 0;
            }
            part.add(step);
            bytes += step.length;
        }
        requests.add(encode(opId, part));
        return requests;
    }

    private List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        writes.forEach(write -> steps.add(new Step(WRITE, write.offset(), write.bytes().length, write.bytes())));
        for (Layout.Range range : reads) {
            for (long offset = range.offset(); offset < range.end(); offset += PART_BYTES) {
                int length = (int) Math.min(PART_BYTES, range.end() - offset);
                steps.add(new Step(READ, offset, length, new byte[0]));
            }
        }
        return steps;
    }

    private static byte[] encode(long opId, List<Step> steps) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(littleEndian(16)
                .putInt(MAGIC)
                .putLong(opId)
                .putInt(steps.size())
                .array());
        for (Step step : steps) {
            out.writeBytes(littleEndian(13)
                    .put(step.kind)
                    .putLong(step.offset)
                    .putInt(step.length)
                    .array());
            out.writeBytes(step.data);
        }
        return out.toByteArray();
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Joins what the parts read into one buffer per range. */
    List<ByteBuffer> join(List<ByteBuffer> parts) {
        List<ByteBuffer> joined = new ArrayList<>();
        int next = 0;
        for (Layout.Range range : reads) {
            ByteBuffer whole = ByteBuffer.allocate(range.length());
            while (whole.hasRemaining()) {
                whole.put(parts.get(next++));
            }
            joined.add(whole.flip());
        }
        return joined;
    }
}
