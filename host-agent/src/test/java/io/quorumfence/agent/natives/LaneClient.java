package io.quorumfence.agent.natives;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The other end of a lane's pipes, as docs/native.md has it; written apart from the agent's own on purpose. */
final class LaneClient {

    static final int BLOCK = 4096;

    private final Process process;
    private final OutputStream requests;
    private final DataInputStream responses;

    /** data == null: a read of length bytes. */
    record Step(long offset, int length, byte @org.jspecify.annotations.Nullable [] data) {
        static Step write(long offset, char fill, int length) {
            byte[] data = new byte[length];
            Arrays.fill(data, (byte) fill);
            return new Step(offset, length, data);
        }

        static Step read(long offset, int length) {
            return new Step(offset, length, null);
        }
    }

    record Response(long op, int error, int failedStep, long startNs, long endNs, List<byte[]> reads, String text) {
        String head(int read) {
            return new String(reads.get(read), 0, 4);
        }
    }

    LaneClient(Process process) {
        this.process = process;
        this.requests = process.getOutputStream();
        this.responses = new DataInputStream(process.getInputStream());
    }

    Process process() {
        return process;
    }

    static byte[] request(long op, Step... steps) {
        int size = 16;
        for (Step step : steps) {
            size += 13 + (step.data == null ? 0 : step.length);
        }
        ByteBuffer frame = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        frame.put((byte) 'Q').put((byte) 'F').put((byte) 'L').put((byte) 'Q');
        frame.putLong(op).putInt(steps.length);
        for (Step step : steps) {
            frame.put((byte) (step.data == null ? 2 : 1)).putLong(step.offset).putInt(step.length);
            if (step.data != null) {
                frame.put(step.data);
            }
        }
        return frame.array();
    }

    void send(byte[] bytes) throws IOException {
        requests.write(bytes);
        requests.flush();
    }

    Response ask(long op, Step... steps) throws IOException {
        send(request(op, steps));
        return receive();
    }

    Response receive() throws IOException {
        ByteBuffer head = take(40);
        byte[] magic = new byte[4];
        head.get(magic);
        if (!new String(magic).equals("QFLR")) {
            throw new IOException("no response: " + new String(magic));
        }
        long op = head.getLong();
        int error = head.getInt();
        int failedStep = head.getInt();
        long startNs = head.getLong();
        long endNs = head.getLong();
        int count = head.getInt();
        List<byte[]> reads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reads.add(take(take(4).getInt()).array());
        }
        String text = new String(take(Short.toUnsignedInt(take(2).getShort())).array());
        return new Response(op, error, failedStep, startNs, endNs, reads, text);
    }

    /** As when the agent dies: both pipes close. */
    void hangUp() throws IOException {
        responses.close();
        requests.close();
    }

    void endOfRequests() throws IOException {
        requests.close();
    }

    private ByteBuffer take(int size) throws IOException {
        byte[] bytes = new byte[size];
        responses.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
