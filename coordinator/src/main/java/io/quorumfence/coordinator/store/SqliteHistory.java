package io.quorumfence.coordinator.store;

import io.quorumfence.coordinator.core.GateEvent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The history in an SQLite file (WAL, synchronous=FULL) on a thread of its own. A disk that hangs holds that thread and
 * nothing else; what waits meanwhile is bounded, and what does not fit is counted as lost.
 */
public final class SqliteHistory implements History {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteHistory.class);
    private static final int QUEUE_MAX = 10_000;
    private static final int BATCH_MAX = 256;
    private static final long QUERY_LIMIT_S = 3;

    /** One thing for the history's thread to do. */
    private sealed interface Job {
        record Write(GateEvent event, long wallMs) implements Job {}

        record Latest(int limit, Promise<List<JsonObject>> promise) implements Job {}

        record Stop() implements Job {}
    }

    private final Path path;
    private final Connection db;
    private final List<Remembered> sticky;
    private final BlockingQueue<Job> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;
    private volatile String trouble = "";

    private SqliteHistory(Path path, Connection db, List<Remembered> sticky) {
        this.path = path;
        this.db = db;
        this.sticky = List.copyOf(sticky);
        thread = new Thread(this::work, "qf-history");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Opens or creates the file and reads the final verdicts; blocks for at most the limit.
     *
     * @throws HistoryFault with one clear line when the file cannot be used, or its disk does not answer
     */
    public static SqliteHistory open(Path path, int stickyMax, long limitMs) {
        FutureTask<SqliteHistory> opening = new FutureTask<>(() -> openNow(path, stickyMax));
        Thread opener = new Thread(opening, "qf-history-open");
        opener.setDaemon(true);
        opener.start();
        try {
            return opening.get(limitMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HistoryFault("history " + path + ": its disk gave no answer in " + limitMs
                    + " ms; put history.path on a local disk");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HistoryFault("history " + path + ": interrupted while it was opened");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HistoryFault fault) {
                throw fault;
            }
            throw new HistoryFault("history " + path + ": " + e.getCause());
        }
    }

    private static SqliteHistory openNow(Path path, int stickyMax) {
        try {
            Path parent = path.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Properties settings = new Properties();
            settings.setProperty("busy_timeout", "2000");
            Connection db = DriverManager.getConnection("jdbc:sqlite:" + path, settings);
            int layout = HistoryTables.layout(db);
            if (layout > HistoryTables.LAYOUT) {
                throw new HistoryFault("history " + path + ": has layout " + layout + ", this version knows "
                        + HistoryTables.LAYOUT + "; use the newer coordinator or another history.path");
            }
            HistoryTables.create(db);
            return new SqliteHistory(path, db, HistoryTables.sticky(db, stickyMax));
        } catch (IOException e) {
            throw new HistoryFault("history " + path + ": its directory cannot be made: " + e.getMessage());
        } catch (SQLException | RuntimeException e) {
            if (e instanceof HistoryFault fault) {
                throw fault;
            }
            throw new HistoryFault("history " + path + ": cannot be used (" + oneLine(e)
                    + "); move it away or name another history.path");
        }
    }

    /** Requests with a final verdict that were found at the start, newest first. */
    public List<Remembered> sticky() {
        return sticky;
    }

    @Override
    public void add(GateEvent event, long wallMs) {
        if (!queue.offer(new Job.Write(event, wallMs))) {
            lost.incrementAndGet();
        }
    }

    @Override
    public Future<List<JsonObject>> latest(int limit) {
        Promise<List<JsonObject>> promise = Promise.promise();
        if (!queue.offer(new Job.Latest(limit, promise))) {
            promise.fail("the history's queue is full");
        }
        return promise.future().timeout(QUERY_LIMIT_S, TimeUnit.SECONDS);
    }

    @Override
    public Health health() {
        return new Health(trouble, queue.size(), lost.get());
    }

    @Override
    public void close() {
        if (queue.offer(new Job.Stop())) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(QUERY_LIMIT_S));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void work() {
        List<Job> batch = new ArrayList<>();
        while (true) {
            batch.clear();
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                return;
            }
            queue.drainTo(batch, BATCH_MAX - 1);
            List<Job.Write> writes = batch.stream()
                    .filter(Job.Write.class::isInstance)
                    .map(Job.Write.class::cast)
                    .toList();
            if (!writes.isEmpty()) {
                write(writes);
            }
            batch.stream()
                    .filter(Job.Latest.class::isInstance)
                    .map(Job.Latest.class::cast)
                    .forEach(this::answer);
            if (batch.stream().anyMatch(Job.Stop.class::isInstance)) {
                closeQuietly();
                return;
            }
        }
    }

    /** One commit for all that waited; a batch that fails is lost, and the next one is tried all the same. */
    private void write(List<Job.Write> writes) {
        try {
            db.setAutoCommit(false);
            for (Job.Write write : writes) {
                HistoryTables.write(db, write.event(), write.wallMs());
            }
            db.commit();
            db.setAutoCommit(true);
            if (!trouble.isEmpty()) {
                LOG.info("history {}: writes again", path);
            }
            trouble = "";
        } catch (SQLException e) {
            lost.addAndGet(writes.size());
            if (trouble.isEmpty()) {
                LOG.error("history {}: cannot be written ({}); decisions go on without it", path, oneLine(e));
            }
            trouble = oneLine(e);
            rollBack();
        }
    }

    private void rollBack() {
        try {
            db.rollback();
            db.setAutoCommit(true);
        } catch (SQLException e) {
            LOG.debug("history {}: rollback failed: {}", path, oneLine(e));
        }
    }

    private void answer(Job.Latest latest) {
        try {
            latest.promise().tryComplete(HistoryTables.latest(db, latest.limit()));
        } catch (SQLException e) {
            latest.promise().tryFail(oneLine(e));
        }
    }

    private void closeQuietly() {
        try {
            db.close();
        } catch (SQLException e) {
            LOG.warn("history {}: did not close well: {}", path, oneLine(e));
        }
    }

    private static String oneLine(Exception e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    }
}
