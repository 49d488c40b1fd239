package io.quorumfence.agent.effect.storage;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a lane answered.
 *
 * @param error 0, an errno, or from 1000 a code of the lane's own
 * @param failedStep which step ended the operation; meaningless without an error
 * @param startNs CLOCK_MONOTONIC_RAW before the first step
 * @param endNs CLOCK_MONOTONIC_RAW after the last
 * @param reads one buffer per read; empty after an error
 * @param text one line for people
 */
record LaneReply(long opId, int error, int failedStep, long startNs, long endNs, List<ByteBuffer> reads, String text) {
    private static final int MAGIC = 0x524C4651;

    boolean ok() {
        return error == 0;
    }

    /** Waits for the next answer; an {@link IOException} when the stream ends or is none of ours. */
    static LaneReply from(DataInputStream in) throws IOException {
        ByteBuffer head = take(in, 40);
        if (head.getInt() != MAGIC) {
            throw new IOException("an answer that does not start with QFLR");
        }
        long opId = head.getLong();
        int error = head.getInt();
        int failedStep = head.getInt();
        long startNs = head.getLong();
        long endNs = head.getLong();
        int count = head.getInt();
        List<ByteBuffer> reads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reads.add(take(in, take(in, 4).getInt()));
        }
        ByteBuffer text = take(in, take(in, 2).getShort() & 0xffff);
        return new LaneReply(
                opId,
                error,
                failedStep,
                startNs,
                endNs,
                reads,
                StandardCharsets.UTF_8.decode(text).toString());
    }

    private static ByteBuffer take(DataInputStream in, int length) throws IOException {
        if (length < 0 || length > LaneOp.PART_BYTES) {
            throw new IOException("an answer with a part of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
