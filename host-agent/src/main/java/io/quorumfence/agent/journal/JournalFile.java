package io.quorumfence.agent.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * The file that is written now. Nothing is written unless its length is what the last whole line left, so a write that
 * failed half way leaves nothing behind. Used by one thread; every call may block for as long as the disk does.
 */
final class JournalFile implements AutoCloseable {
    private final FileChannel channel;
    private long goodLength;

    private JournalFile(FileChannel channel, long goodLength) {
        this.channel = channel;
        this.goodLength = goodLength;
    }

    /** Where a journal goes on. */
    record Opening(Optional<JournalFile> file, Chain chain, long tornBytes) {}

    /**
     * The newest file, with a torn end moved to a file beside it; no file when there is none, or when a predecessor
     * that has not ended yet still holds it.
     */
    static Opening newest(Path directory) throws IOException {
        List<Path> files = JournalFiles.list(directory);
        Chain chain = Chain.START;
        long torn = 0;
        for (int i = files.size() - 1; i >= 0; i--) {
            FileChannel channel = FileChannel.open(files.get(i), StandardOpenOption.READ, StandardOpenOption.WRITE);
            boolean kept = false;
            try {
                Optional<JournalTail> tail = JournalTail.of(channel);
                boolean mine = i == files.size() - 1 && isLocked(channel);
                if (mine) {
                    torn = cut(
                            files.get(i),
                            channel,
                            tail.map(JournalTail::goodLength).orElse(0L));
                }
                if (tail.isPresent()) {
                    kept = mine;
                    return new Opening(
                            mine
                                    ? Optional.of(
                                            new JournalFile(channel, tail.get().goodLength()))
                                    : Optional.empty(),
                            tail.get().chain(),
                            torn);
                }
            } finally {
                if (!kept) {
                    channel.close();
                }
            }
        }
        return new Opening(Optional.empty(), chain, torn);
    }

    static JournalFile create(Path directory, Chain chain) throws IOException {
        Path file = JournalFiles.fresh(directory, chain.seq() + 1);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (!isLocked(channel)) {
            channel.close();
            throw new IOException(file + " was just made and is held by another process");
        }
        return new JournalFile(channel, 0);
    }

    long length() {
        return goodLength;
    }

    void append(ByteBuffer lines) throws IOException {
        if (channel.size() != goodLength) {
            channel.truncate(goodLength);
        }
        long at = goodLength;
        while (lines.hasRemaining()) {
            at += channel.write(lines, at);
        }
        goodLength = at;
    }

    /** fdatasync. */
    void flush() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** Moves what is behind the last whole line to a file of its own; nothing is thrown away. */
    private static long cut(Path file, FileChannel channel, long goodLength) throws IOException {
        long torn = channel.size() - goodLength;
        if (torn > 0) {
            Path beside = file.resolveSibling(file.getFileName() + ".torn");
            try (FileChannel target = FileChannel.open(
                    beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
                long moved = 0;
                while (moved < torn) {
                    moved += channel.transferTo(goodLength + moved, torn - moved, target);
                }
                target.force(true);
            }
            channel.truncate(goodLength);
        }
        if (goodLength == 0) {
            Files.delete(file);
        }
        return torn;
    }
}
