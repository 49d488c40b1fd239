package io.quorumfence.agent.journal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts batches of lines into the files, in order and chained. Used by one thread; blocks for as long as the disk does.
 * A batch that failed is written again as a whole by the next call.
 */
final class JournalWriter implements AutoCloseable {
    private final JournalSpec spec;
    private Chain chain = Chain.START;
    private @Nullable JournalFile file;
    /** Said in the file at the next opportunity. */
    private String owed = "";

    JournalWriter(JournalSpec spec) {
        this.spec = spec;
    }

    /**
     * Finds where the journal goes on. To be called until it succeeds, before anything is written.
     *
     * @return how many torn bytes were cut off
     */
    long open() throws IOException {
        JournalFiles.makeDirectory(spec.directory());
        JournalFile.Opening opening = JournalFile.newest(spec.directory());
        chain = opening.chain();
        file = opening.file().orElse(null);
        if (opening.tornBytes() > 0) {
            owed = opening.tornBytes() + " torn bytes were cut off and kept beside the file";
        }
        return opening.tornBytes();
    }

    /**
     * Writes one batch.
     *
     * @param contents at least one
     * @param first gives its times to what is said about the file itself
     * @param dropped what was lost since the last success, said before the lines
     */
    void write(List<byte[]> contents, Line first, Dropped dropped, boolean flush) throws IOException {
        boolean head = file == null || file.length() > spec.rotateBytes();
        if (head) {
            startFile();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Chain at = chain;
        if (head) {
            at = add(bytes, new Line.Opened(spec.about(), first.nowNs(), first.wallMs()), at);
        }
        if (!owed.isEmpty()) {
            at = add(bytes, new Line.Gap(owed, 0, 0, first.nowNs(), first.wallMs()), at);
        }
        if (dropped.any()) {
            at = add(bytes, dropped.line(first.nowNs(), first.wallMs()), at);
        }
        for (byte[] content : contents) {
            at = add(bytes, content, at);
        }
        append(bytes, at, flush);
    }

    private void append(ByteArrayOutputStream bytes, Chain after, boolean flush) throws IOException {
        JournalFile open = Objects.requireNonNull(file);
        open.append(ByteBuffer.wrap(bytes.toByteArray()));
        long before = chain.seq();
        chain = after;
        owed = "";
        if (!flush) {
            return;
        }
        try {
            open.flush();
        } catch (IOException e) {
            // After a failed flush nobody knows what is on disk, and asking the same file again may lie. Its lines
            // stand in the chain; they are repeated in another file.
            owed = "a flush failed; the lines behind " + before + " are repeated";
            file = null;
            open.close();
            throw e;
        }
    }

    private static Chain add(ByteArrayOutputStream bytes, Line line, Chain chain) {
        return add(bytes, Line.content(line), chain);
    }

    private static Chain add(ByteArrayOutputStream bytes, byte[] content, Chain chain) {
        byte[] line = Line.chained(content, chain);
        bytes.writeBytes(line);
        bytes.write('\n');
        return chain.after(line);
    }

    private void startFile() throws IOException {
        if (file != null) {
            file.flush();
            file.close();
            file = null;
        }
        file = JournalFile.create(spec.directory(), chain);
        List<Path> files = JournalFiles.list(spec.directory());
        for (int i = 0; i < files.size() - spec.keepFiles(); i++) {
            Files.deleteIfExists(files.get(i));
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.flush();
            file.close();
            file = null;
        }
    }

    /** What had no room. */
    record Dropped(long events, long observations) {
        static final Dropped NONE = new Dropped(0, 0);

        boolean any() {
            return events > 0 || observations > 0;
        }

        Line line(long nowNs, long wallMs) {
            return new Line.Gap("no room in the queue", events, observations, nowNs, wallMs);
        }
    }
}
