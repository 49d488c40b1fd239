package io.quorumfence.agent.effect.local;

import io.quorumfence.model.SelfFenceMemory;
import io.quorumfence.model.command.LocalCommand.StoreMemory;
import io.quorumfence.model.observation.EffectObservation.MemoryStored;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the self-fence keeps: on the local disk, for it must survive the reboot it causes, and on tmpfs, so that a
 * restarted agent of the same boot does not wait for a disk. "Armed" counts on tmpfs only once it is on the disk.
 * Commands return at once and are carried out on a thread of their own.
 */
public final class SelfFenceFile implements AutoCloseable {
    static final String NAME = "self-fence";
    private static final Logger LOG = LoggerFactory.getLogger(SelfFenceFile.class);
    /** There is none, and a disk need not be asked again in this boot. */
    private static final String NONE = "none\n";

    private static final int QUEUE_MAX = 16;
    private static final int FIELDS = 7;

    private final Path disk;
    private final Path tmpfs;
    private final Consumer<Observation> sink;
    private final ThreadPoolExecutor lane = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE_MAX), SelfFenceFile::thread);
    private volatile boolean armedOnDisk;

    /** What was found; not intact when there may be something that cannot be read. */
    public record Found(Optional<SelfFenceMemory> memory, boolean intact) {}

    /**
     * @param directory on the local disk; made when it is missing
     * @param run on tmpfs
     */
    public SelfFenceFile(Path directory, Path run, Consumer<Observation> sink) {
        this.disk = directory.resolve(NAME);
        this.tmpfs = run.resolve(NAME);
        this.sink = sink;
    }

    /** Reads once, before any command; waits for the disk no longer than that. */
    public Found load(UUID bootId, Duration patience) {
        try {
            // What stands on tmpfs is of this boot, whichever boot wrote the memory.
            Optional<SelfFenceMemory> found;
            if (Files.exists(tmpfs)) {
                found = read(tmpfs);
            } else {
                found = lane.submit(() -> read(disk)).get(patience.toMillis(), TimeUnit.MILLISECONDS);
                write(tmpfs, found.map(SelfFenceFile::text).orElse(NONE), false);
            }
            armedOnDisk = found.filter(
                            memory -> memory.armed() && memory.bootId().equals(bootId))
                    .isPresent();
            return new Found(found, true);
        } catch (IOException | IllegalArgumentException | ExecutionException e) {
            LOG.error("{} cannot be read: {}; the reaction is off until an operator arms it", disk, e.getMessage());
        } catch (TimeoutException e) {
            LOG.error(
                    "{} cannot be read in {} ms; the reaction is off until an operator arms it",
                    disk,
                    patience.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Found(Optional.empty(), false);
    }

    /** Answered by MemoryStored. */
    public void store(StoreMemory command) {
        try {
            lane.execute(() -> sink.accept(new MemoryStored(command.op(), isStored(command.memory()))));
        } catch (RejectedExecutionException e) {
            sink.accept(new MemoryStored(command.op(), false));
        }
    }

    private boolean isStored(SelfFenceMemory memory) {
        try {
            SelfFenceMemory known = armedOnDisk ? memory : memory.withArmed(memory.bootId(), false);
            write(tmpfs, text(known), false);
            Files.createDirectories(disk.toAbsolutePath().getParent());
            armedOnDisk &= memory.armed(); // a write that fails may have landed
            write(disk, text(memory), true);
            armedOnDisk = memory.armed();
            write(tmpfs, text(memory), false);
            return true;
        } catch (IOException e) {
            LOG.error("{} not written: {}", disk, e.toString());
            return false;
        }
    }

    private static void write(Path file, String content, boolean flush) throws IOException {
        Path fresh = file.resolveSibling(NAME + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer text = ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            if (flush) {
                channel.force(true);
            }
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (flush) {
            try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
                directory.force(true); // the name, too, has to survive the reset
            }
        }
    }

    private static Optional<SelfFenceMemory> read(Path file) throws IOException {
        try {
            String content = Files.readString(file, StandardCharsets.US_ASCII);
            return content.equals(NONE) ? Optional.empty() : Optional.of(memory(content));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    static String text(SelfFenceMemory m) {
        String by = Base64.getEncoder().encodeToString(m.by().getBytes(StandardCharsets.UTF_8));
        return "v1 " + m.bootId() + ' ' + m.armed() + ' ' + m.actedNs() + ' ' + m.actions() + ' ' + m.disarmed() + " :"
                + by + '\n';
    }

    /** @throws IllegalArgumentException when it is not exactly as it was written */
    static SelfFenceMemory memory(String text) {
        String[] words = text.split(" ");
        if (words.length != FIELDS || !words[0].equals("v1") || !text.endsWith("\n") || !words[6].startsWith(":")) {
            throw new IllegalArgumentException("not a memory of a self-fence");
        }
        return new SelfFenceMemory(
                UUID.fromString(words[1]),
                flag(words[2]),
                Long.parseLong(words[3]),
                Integer.parseInt(words[4]),
                flag(words[5]),
                new String(Base64.getDecoder().decode(words[6].strip().substring(1)), StandardCharsets.UTF_8));
    }

    private static boolean flag(String word) {
        if (!word.equals("true") && !word.equals("false")) {
            throw new IllegalArgumentException("'" + word + "' is neither true nor false");
        }
        return word.equals("true");
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "self-fence-file");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        lane.shutdown();
    }
}
