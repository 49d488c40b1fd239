package io.quorumfence.agent.effect.ssh;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.command.LocalCommand.FenceBySsh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the remote words of each attempt in a local file that only its owner reads, one JSON line an attempt. Written
 * on a thread of its own: a hanging disk loses audit lines and delays no fence.
 */
final class SshAudit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SshAudit.class);
    private static final long SIZE_MAX = 16L << 20;
    private static final int QUEUE_MAX = 64;

    private final Path file;
    private final JsonMapper json = new JsonMapper();
    private final ExecutorService lane =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE_MAX), SshAudit::thread);

    SshAudit(Path file) {
        this.file = file;
    }

    /** Returns at once. */
    void keep(FenceBySsh command, SshVerdict verdict, List<AddressResult> results) {
        ObjectNode line = json.createObjectNode();
        line.put("at", Instant.now().toString());
        line.put("suspect", command.suspect().value());
        line.put("life", command.life().toString());
        line.put("token", command.token().value());
        line.put("attempt", command.attempt());
        line.put("verdict", verdict.name());
        ArrayNode addresses = line.putArray("addresses");
        for (AddressResult result : results) {
            addresses
                    .addObject()
                    .put("address", result.address())
                    .put("code", result.code())
                    .put("said", result.said())
                    .put("error", result.error());
        }
        try {
            lane.execute(() -> write(line + "\n"));
        } catch (RejectedExecutionException e) {
            LOG.error("ssh audit: a line was lost, {} are waiting for {}", QUEUE_MAX, file);
        }
    }

    /** Gives the lines that wait a moment to be written. */
    @Override
    public void close() {
        lane.shutdown();
        try {
            if (!lane.awaitTermination(1, TimeUnit.SECONDS)) {
                LOG.error("ssh audit: lines were lost, {} does not take them", file);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(String line) {
        try {
            if (Files.exists(file) && Files.size(file) > SIZE_MAX) {
                Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            }
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(file, line, StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.error("ssh audit: a line was lost: {}", e.toString());
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "ssh-audit");
        thread.setDaemon(true);
        return thread;
    }
}
