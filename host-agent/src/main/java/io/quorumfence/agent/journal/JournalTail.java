package io.quorumfence.agent.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Optional;

/**
 * The end of a file that an earlier agent wrote.
 *
 * @param chain where the chain stands after the last whole line
 * @param goodLength where that line ends; what is behind it was torn by a crash
 */
record JournalTail(Chain chain, long goodLength) {
    private static final int WINDOW = 256 * 1024;

    /**
     * Looks for the last whole line from the end, in growing windows: torn is only what no whole line follows. Damage
     * further up is left for the verification to find.
     */
    static Optional<JournalTail> of(FileChannel file) throws IOException {
        long size = file.size();
        for (long window = Math.min(size, WINDOW); ; window = Math.min(size, 4 * window)) {
            byte[] bytes = read(file, size - window, (int) Math.min(window, Integer.MAX_VALUE - 16));
            Optional<JournalTail> found = lastLine(bytes, size - window);
            if (found.isPresent() || window == size) {
                return found;
            }
        }
    }

    private static byte[] read(FileChannel file, long from, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            int n = file.read(buffer, from + buffer.position());
            if (n < 0) {
                throw new IOException("the journal became shorter while it was read");
            }
        }
        return buffer.array();
    }

    private static Optional<JournalTail> lastLine(byte[] bytes, long offset) {
        int end = lastNewline(bytes, bytes.length);
        while (end >= 0) {
            int before = lastNewline(bytes, end);
            // In the middle of the file the first piece of the window may be the rest of a line.
            if (before >= 0 || offset == 0) {
                byte[] line = Arrays.copyOfRange(bytes, before + 1, end);
                Optional<JsonNode> tree = Line.parse(line);
                if (tree.isPresent()) {
                    Chain chain = new Chain(tree.get().get(Line.SEQ).asLong(), Chain.sha256(line));
                    return Optional.of(new JournalTail(chain, offset + end + 1));
                }
            }
            end = before;
        }
        return Optional.empty();
    }

    private static int lastNewline(byte[] bytes, int before) {
        int at = before - 1;
        while (at >= 0 && bytes[at] != '\n') {
            at--;
        }
        return at;
    }
}
