package io.quorumfence.agent.effect.storage;

import io.quorumfence.model.IoResult;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.StorageObservation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One storage's thread: opens the lane, takes one command at a time, opens it again when its process is gone. The
 * monitor guards a few fields and is never held across I/O, so {@link #offer} returns at once whatever the storage
 * does.
 */
final class Lane implements Runnable {
    /** How long to wait for a predecessor's process, which ends when its hanging write does. */
    static final Duration HELD_RETRY = Duration.ofMillis(500);

    private static final Duration RETRY_FIRST = Duration.ofMillis(500);
    private static final Duration RETRY_LONGEST = Duration.ofSeconds(4);
    private static final long CLOSE_MS = 2_000;
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final LaneScope scope;
    private final StorageId storage;
    private final LongSupplier rawClockNs;
    private final Consumer<Observation> sink;
    private final Thread thread;

    private boolean open;
    private boolean closed;
    private boolean busy;
    private String why = "the lane is opening";
    private @Nullable StorageCommand pending;
    private @Nullable LaneProcess process;

    Lane(LaneScope scope, LongSupplier rawClockNs, Consumer<Observation> sink) {
        this.scope = scope;
        storage = scope.storage().id();
        this.rawClockNs = rawClockNs;
        this.sink = sink;
        thread = new Thread(this, "lane-" + storage);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Hands a command to the lane's thread, or answers at once that it cannot be taken. */
    void offer(StorageCommand command) {
        String refusal;
        synchronized (this) {
            if (open && !busy) {
                busy = true;
                pending = command;
                notifyAll();
                return;
            }
            // Never queued: the core gives a lane its next command after the answer to the last one.
            refusal = open ? "busy: a command came before the answer to the last one" : "lane shut: " + why;
        }
        sink.accept(failed(command, refusal));
    }

    private StorageObservation failed(StorageCommand command, String detail) {
        long now = rawClockNs.getAsLong();
        return StorageFailures.of(command, IoResult.failure(now, now, detail));
    }

    @Override
    public void run() {
        Duration wait = RETRY_FIRST;
        try {
            while (!isClosed()) {
                boolean wasOpen = false;
                boolean held = false;
                try {
                    LaneSession session = open();
                    wasOpen = true;
                    wait = RETRY_FIRST;
                    serve(session);
                } catch (LaneGoneException e) {
                    held = e.isHeldByPredecessor();
                    shut(e.line());
                } catch (LaneShutException e) {
                    shut(e.line());
                    if (e.isForGood()) {
                        return;
                    }
                } catch (RuntimeException e) {
                    LOG.error("storage lane failed storage={}", storage, e);
                    shut("the lane failed: " + e);
                } finally {
                    endProcess();
                }
                pause(held ? HELD_RETRY : wait);
                wait = wasOpen || held ? RETRY_FIRST : longer(wait);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration longer(Duration wait) {
        Duration twice = wait.multipliedBy(2);
        return twice.compareTo(RETRY_LONGEST) < 0 ? twice : RETRY_LONGEST;
    }

    private LaneSession open() throws LaneGoneException, LaneShutException, InterruptedException {
        LaneProcess started = LaneProcess.start(scope.program(), scope.lock(), scope.storage());
        synchronized (this) {
            process = started;
            if (closed) {
                throw new InterruptedException("closed");
            }
        }
        LaneSession session = new LaneOpening(scope, this::pause).open(started);
        synchronized (this) {
            open = true;
            why = "";
        }
        LOG.info("storage lane opened storage={} pid={}", storage, started.pid());
        sink.accept(new StorageObservation.LaneOpened(storage, session.ballotRoom()));
        return session;
    }

    private void serve(LaneSession session) throws LaneGoneException, LaneShutException, InterruptedException {
        while (true) {
            StorageCommand command = take();
            StorageObservation result = session.run(command);
            synchronized (this) {
                pending = null;
                busy = false;
            }
            sink.accept(result);
        }
    }

    private synchronized StorageCommand take() throws InterruptedException {
        while (pending == null) {
            if (closed) {
                throw new InterruptedException("closed");
            }
            wait();
        }
        return pending;
    }

    /** Nothing is taken from here on; the command under way, if any, is answered first. */
    private void shut(String detail) {
        List<Observation> answers = new ArrayList<>();
        synchronized (this) {
            if (closed) {
                return;
            }
            if (pending != null) {
                answers.add(failed(pending, detail));
            }
            if (open || !why.equals(detail)) {
                LOG.info("storage lane shut storage={} reason={}", storage, detail);
                answers.add(new StorageObservation.LaneShut(storage, detail));
            }
            pending = null;
            busy = false;
            open = false;
            why = detail;
        }
        answers.forEach(sink);
    }

    /** One that hangs in the kernel is left behind; its lock keeps the next one out. */
    private void endProcess() throws InterruptedException {
        LaneProcess old;
        synchronized (this) {
            old = process;
            process = null;
        }
        if (old != null) {
            old.close();
            old.awaitEnd(CLOSE_MS / 4);
        }
    }

    private synchronized void pause(Duration span) throws InterruptedException {
        long end = System.nanoTime() + span.toNanos();
        long left = span.toNanos();
        while (!closed && left > 0) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
            left = end - System.nanoTime();
        }
        if (closed) {
            throw new InterruptedException("closed");
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Ends process and thread; returns within a few seconds even when the storage hangs. */
    void close() throws InterruptedException {
        synchronized (this) {
            closed = true;
            open = false;
            why = "the agent is stopping";
            if (process != null) {
                process.close();
            }
            notifyAll();
        }
        thread.join(CLOSE_MS);
    }
}
