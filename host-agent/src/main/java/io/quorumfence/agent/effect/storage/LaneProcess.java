package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.StorageSpec;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One running {@code qf-lane}. {@link #run} blocks for as long as the storage does, which may be for ever: it belongs
 * to the lane's own thread. {@link #close} may be called by any thread. The process ends by itself when this JVM does,
 * for its standard input ends then.
 */
final class LaneProcess implements AutoCloseable {
    private static final int ERROR_TEXT_MAX = 300;
    private static final long EXIT_MS = 2_000;

    private final StorageSpec storage;
    private final Process process;
    private final DataInputStream answers;
    private final OutputStream requests;
    private long lastOp;

    private LaneProcess(StorageSpec storage, Process process) {
        this.storage = storage;
        this.process = process;
        answers = new DataInputStream(new BufferedInputStream(process.getInputStream(), 64 * 1024));
        requests = process.getOutputStream();
    }

    /** Starts the process; that it could not take its lock shows in the first {@link #run}. */
    static LaneProcess start(Path program, Path lock, StorageSpec storage) throws LaneGoneException {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--storage",
                storage.id().value(),
                "--path",
                storage.path(),
                "--lock",
                lock.toString()));
        storage.mount().ifPresent(mount -> command.addAll(List.of("--mount", mount)));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        try {
            return new LaneProcess(storage, builder.start());
        } catch (IOException e) {
            throw new LaneGoneException("the lane's program cannot be started: " + e.getMessage(), -1);
        }
    }

    long pid() {
        return process.pid();
    }

    /**
     * Carries out one operation.
     *
     * @return the answer; after several parts the first start and the last end, reads joined
     * @throws LaneGoneException when the process has ended; whether a write landed is unknown
     */
    LaneReply run(LaneOp op) throws LaneGoneException {
        long opId = ++lastOp;
        List<ByteBuffer> reads = new ArrayList<>();
        LaneReply reply = null;
        long startNs = 0;
        for (byte[] request : op.requests(opId)) {
            boolean first = reply == null;
            reply = exchange(opId, request);
            startNs = first ? reply.startNs() : startNs;
            if (!reply.ok()) {
                // A later part fails after all writes were done: no step of them is the one that failed.
                int step = first ? reply.failedStep() : op.writes().size();
                return new LaneReply(opId, reply.error(), step, startNs, reply.endNs(), List.of(), reply.text());
            }
            reads.addAll(reply.reads());
        }
        if (reply == null) {
            throw new IllegalStateException("an operation without a request");
        }
        return new LaneReply(opId, 0, 0, startNs, reply.endNs(), op.join(reads), reply.text());
    }

    private LaneReply exchange(long opId, byte[] request) throws LaneGoneException {
        try {
            requests.write(request);
            requests.flush();
            LaneReply reply = LaneReply.from(answers);
            if (reply.opId() != opId) {
                throw new IOException("an answer to operation " + reply.opId() + " instead of " + opId);
            }
            return reply;
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** The process ended, or what it says is not to be trusted: it must not go on in either case. */
    private LaneGoneException gone(IOException cause) {
        try {
            // Its last words are more telling than a broken pipe; it has ended or is about to.
            if (!process.waitFor(EXIT_MS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                return new LaneGoneException("the lane's process answered nonsense: " + cause.getMessage(), -1);
            }
            return new LaneGoneException(lastWords(), process.exitValue());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new LaneGoneException("interrupted", -1);
        }
    }

    private String lastWords() {
        String said = "";
        try {
            byte[] bytes = process.getErrorStream().readNBytes(ERROR_TEXT_MAX);
            said = new String(bytes, StandardCharsets.UTF_8).strip().replace('\n', ' ');
        } catch (IOException e) {
            said = "its error text cannot be read";
        }
        String prefix = "lane " + storage.id() + ": ";
        String text = said.startsWith(prefix) ? said.substring(prefix.length()) : said;
        return text.isEmpty() ? "the lane's process ended with code " + process.exitValue() : text;
    }

    /**
     * Ends the process at once. One that sits in a system call stays, and with it the lock, until the call returns;
     * nothing new is begun by it.
     */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Waits until the process has left and the lock is free; false after the given time. */
    boolean awaitEnd(long timeoutMs) throws InterruptedException {
        return process.waitFor(timeoutMs, TimeUnit.MILLISECONDS);
    }
}
