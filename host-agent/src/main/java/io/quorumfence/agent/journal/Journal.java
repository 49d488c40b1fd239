package io.quorumfence.agent.journal;

import io.quorumfence.agent.journal.JournalWriter.Dropped;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what was decided and what was seen, from any thread, and never blocks: one thread of its own writes, many
 * appends to one flush. A disk that hangs or is full fills the queue; beyond that appends are dropped, and the journal
 * says so where they are missing.
 */
public final class Journal implements AutoCloseable {
    /** Room for this many lines; observations give way to events when half of it is taken. */
    static final int QUEUE_MAX = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    /** Ticks that wait for a line to go along with. */
    private static final int TICKS_MAX = 500;

    private static final int BATCH_MAX = 1_000;
    private static final long RETRY_MS = 500;
    private static final long STUCK_NS = Duration.ofSeconds(3).toNanos();
    private static final long IDLE = Long.MAX_VALUE;
    private static final Entry END = new Entry(List.of(), false, new CompletableFuture<>());

    private final JournalWriter writer;
    private final JournalAlarm alarm;
    private final BlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong droppedEvents = new AtomicLong();
    private final AtomicLong droppedObservations = new AtomicLong();
    /** Not written yet; its monitor is held for a few instructions only. */
    private final List<Long> ticks = new ArrayList<>();

    private final Troubles troubles;
    private final Thread thread;
    private volatile long busySinceNs = IDLE;
    private volatile boolean closing;

    private Journal(JournalSpec spec, JournalAlarm alarm) {
        this.writer = new JournalWriter(spec);
        this.alarm = alarm;
        this.troubles = new Troubles(alarm);
        this.thread = new Thread(this::run, "journal");
        thread.setDaemon(true);
    }

    /** Returns at once; the files are looked at by the journal's thread, and appends wait for it in the queue. */
    public static Journal start(JournalSpec spec, JournalAlarm alarm) {
        Journal journal = new Journal(spec, alarm);
        journal.thread.start();
        return journal;
    }

    /**
     * Appends the events of one step.
     *
     * @return completed on the journal's thread when they are on disk; failed with {@link JournalLost} when they were
     *     dropped; not completed while the disk hangs. Whoever waits needs a deadline of his own
     */
    public CompletionStage<Void> append(List<JournalEvent> events, long nowNs, long wallMs) {
        if (events.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<Line> lines = new ArrayList<>(events.size());
        List<Long> before = takeTicks();
        for (JournalEvent event : events) {
            lines.add(new Line.Event(event, lines.isEmpty() ? before : List.of(), nowNs, wallMs));
        }
        Entry entry = new Entry(lines, true, new CompletableFuture<>());
        if (!offer(entry, QUEUE_MAX)) {
            lose(droppedEvents, entry.size());
            entry.fail("no room in the journal's queue");
        }
        return entry.flushed().minimalCompletionStage();
    }

    /** Appends an observation, in order with the events, without a flush. */
    public void observe(Observation observation, long nowNs, long wallMs) {
        note(new Line.Observed(observation, takeTicks(), nowNs, wallMs));
    }

    /** A tick of the core. It goes along with the next line, for there are many and each is only a time. */
    public void tick(long nowNs, long wallMs) {
        List<Long> full = List.of();
        synchronized (ticks) {
            ticks.add(nowNs);
            if (ticks.size() >= TICKS_MAX) {
                full = List.copyOf(ticks);
                ticks.clear();
            }
        }
        if (!full.isEmpty()) {
            note(new Line.Ticks(full, nowNs, wallMs));
        }
    }

    /** The first line of a process: without it, nothing that follows can be replayed. */
    public void started(JournalStart start, long nowNs, long wallMs) {
        note(new Line.Started(start, nowNs, wallMs));
    }

    private List<Long> takeTicks() {
        synchronized (ticks) {
            List<Long> taken = ticks.isEmpty() ? List.of() : List.copyOf(ticks);
            ticks.clear();
            return taken;
        }
    }

    /** A line that nobody waits for; it gives way when the queue is half full. */
    private void note(Line line) {
        Entry entry = new Entry(List.of(line), false, new CompletableFuture<>());
        if (!offer(entry, QUEUE_MAX / 2)) {
            lose(droppedObservations, 1);
        }
    }

    /** Lines that wait. */
    public int backlog() {
        return queued.get();
    }

    /** Writes what waits, for two seconds at most. */
    @Override
    public void close() {
        closing = true;
        queue.add(END);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.error("journal: {} lines were not written", queued.get());
        }
    }

    private boolean offer(Entry entry, int limit) {
        watchTheWriter();
        if (closing || queued.addAndGet(entry.size()) > limit) {
            queued.addAndGet(-entry.size());
            return false;
        }
        return queue.add(entry);
    }

    private void lose(AtomicLong counter, int lines) {
        counter.addAndGet(lines);
        troubles.raise(JournalAlarm.LOST, "the journal's queue is full: lines are being dropped");
    }

    /** A write that does not come back raises no error, so those who append look at the clock. */
    private void watchTheWriter() {
        long since = busySinceNs;
        if (since != IDLE && System.nanoTime() - since > STUCK_NS) {
            troubles.raise(JournalAlarm.STUCK, "the journal's disk does not answer");
        }
    }

    private void run() {
        try {
            if (retryUntilDone(this::open)) {
                writeUntilClosed();
            }
            writer.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("journal: closing: {}", e.getMessage());
        }
    }

    private void open() throws IOException {
        long torn = writer.open();
        if (torn > 0) {
            alarm.raised(JournalAlarm.TORN, torn + " bytes at the journal's end were torn; kept in a file beside it");
        }
    }

    private void writeUntilClosed() throws InterruptedException {
        List<Entry> batch = new ArrayList<>();
        boolean last = false;
        while (!last) {
            batch.clear();
            batch.add(queue.take());
            queue.drainTo(batch, BATCH_MAX - 1);
            last = batch.remove(END);
            Batch encoded = encode(batch);
            boolean written = encoded.isEmpty() || retryUntilDone(() -> write(encoded));
            queued.addAndGet(-batch.stream().mapToInt(Entry::size).sum());
            if (!written) {
                encoded.entries().forEach(entry -> entry.fail("the journal was closed before it could be written"));
                return;
            }
            encoded.entries().forEach(entry -> entry.flushed().complete(null));
        }
    }

    /** Once for all tries. A value that the journal cannot hold is a bug; it costs its own lines and no others. */
    private Batch encode(List<Entry> entries) {
        Batch batch = new Batch(new ArrayList<>(), new ArrayList<>());
        for (Entry entry : entries) {
            try {
                batch.contents()
                        .addAll(entry.lines().stream().map(Line::content).toList());
                batch.entries().add(entry);
            } catch (RuntimeException e) {
                LOG.error("journal: lines that cannot be written", e);
                lose(entry.needsFlush() ? droppedEvents : droppedObservations, entry.size());
                entry.fail("it cannot be written: " + e.getMessage());
            }
        }
        return batch;
    }

    private void write(Batch batch) throws IOException {
        Dropped dropped = new Dropped(droppedEvents.get(), droppedObservations.get());
        boolean flush = batch.entries().stream().anyMatch(Entry::needsFlush);
        writer.write(batch.contents(), batch.entries().get(0).lines().get(0), dropped, flush);
        droppedEvents.addAndGet(-dropped.events());
        droppedObservations.addAndGet(-dropped.observations());
        if (queued.get() < QUEUE_MAX / 4) {
            troubles.clear(JournalAlarm.LOST);
        }
    }

    /** False: the journal was closed before it succeeded. */
    private boolean retryUntilDone(Work work) throws InterruptedException {
        while (true) {
            busySinceNs = System.nanoTime();
            try {
                work.run();
                troubles.clear(JournalAlarm.STUCK);
                return true;
            } catch (IOException e) {
                troubles.raise(JournalAlarm.STUCK, "the journal cannot be written: " + e.getMessage());
            } finally {
                busySinceNs = IDLE;
            }
            if (closing) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MS);
        }
    }

    private record Batch(List<Entry> entries, List<byte[]> contents) {
        boolean isEmpty() {
            return entries.isEmpty();
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }
}
