package io.quorumfence.agent.natives;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** The lab's stand-in for a watchdog, read by a thread that counts its bytes. */
final class FifoWatchdog {

    /** Ours: ends the reading thread. */
    private static final int END = 'E';

    private final Path path;
    private final RandomAccessFile fifo;
    private final AtomicInteger bytes = new AtomicInteger();
    private volatile int last;

    private FifoWatchdog(Path path) throws IOException {
        this.path = path;
        // Read and write: the open does not wait for a writer, and the end of one is not the end of the file.
        this.fifo = new RandomAccessFile(path.toFile(), "rw");
    }

    static Path make(Litter litter, Path path) throws IOException, InterruptedException {
        litter.run("mkfifo", path.toString());
        return path;
    }

    static FifoWatchdog read(Litter litter, Path path) throws IOException {
        FifoWatchdog watchdog = new FifoWatchdog(path);
        Thread reader = new Thread(watchdog::count, "fifo reader");
        reader.start();
        litter.later(() -> {
            watchdog.fifo.write(END);
            reader.join();
            watchdog.fifo.close();
        });
        return watchdog;
    }

    Path path() {
        return path;
    }

    int bytes() {
        return bytes.get();
    }

    int last() {
        return last;
    }

    private void count() {
        try {
            for (int read = fifo.read(); read != END; read = fifo.read()) {
                last = read;
                bytes.incrementAndGet();
            }
        } catch (IOException end) {
            last = -1;
        }
    }
}
