package io.quorumfence.agent.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's part in the cell's cluster: a second, clustered Vert.x that is started in the background and again
 * whenever it failed, on a thread of its own. Nothing waits for it; until it has joined there are simply no locks. Its
 * event bus carries nothing that anybody acts on.
 *
 * <p>All methods may be called from any thread and never block.
 */
public final class CellCluster {
    private static final Logger LOG = LoggerFactory.getLogger(CellCluster.class);
    private static final long RETRY_MS = 2_000;

    /** What was joined, as one value. */
    private record Joined(Vertx vertx, HazelcastInstance hazelcast, ClusterLocks locks) {}

    private final ClusterSettings settings;
    private final Promise<Void> closed = Promise.promise();
    /** Once it is shut down, what still comes from the cluster's threads is dropped. */
    private final ScheduledExecutorService starter =
            new ScheduledThreadPoolExecutor(1, CellCluster::threadOf, new ThreadPoolExecutor.DiscardPolicy());

    private volatile @Nullable Joined joined;
    private volatile boolean started;
    private volatile boolean closing;
    /** Only on the starter's thread. */
    private boolean joining;

    public CellCluster(ClusterSettings settings) {
        this.settings = settings;
    }

    /** Begins to join; returns at once. */
    public void start() {
        started = true;
        ScheduledFuture<?> unused = starter.scheduleWithFixedDelay(this::tend, 0, RETRY_MS, TimeUnit.MILLISECONDS);
    }

    public ClusterStatus status() {
        Joined now = joined;
        if (now != null && now.hazelcast.getLifecycleService().isRunning()) {
            return new ClusterStatus(
                    ClusterStatus.State.JOINED,
                    now.hazelcast.getCluster().getMembers().size());
        }
        boolean on = started && !closing;
        return new ClusterStatus(on ? ClusterStatus.State.JOINING : ClusterStatus.State.OFF, 0);
    }

    /** Leaves; the returned future completes when everything of it has ended. */
    public Future<Void> close() {
        closing = true;
        starter.execute(() -> {
            Joined now = joined;
            joined = null;
            Future<Void> ended = now == null ? Future.succeededFuture() : now.vertx.close();
            ended.onComplete(done -> {
                starter.shutdown();
                closed.tryComplete();
            });
        });
        return closed.future();
    }

    Optional<ClusterLocks> locks() {
        Joined now = joined;
        return now != null && now.hazelcast.getLifecycleService().isRunning()
                ? Optional.of(now.locks)
                : Optional.empty();
    }

    /** For tests: the cluster's part of this process dies without a word to the others. */
    void terminate() {
        Joined now = joined;
        if (now != null) {
            now.hazelcast.getLifecycleService().terminate();
        }
    }

    /** The clustered Vert.x, for tests that measure what its own lock is worth. */
    Optional<Vertx> vertx() {
        return Optional.ofNullable(joined).map(Joined::vertx);
    }

    /** Joins whenever nothing is joined: at the start, after a failure, after Hazelcast has given itself up. */
    private void tend() {
        Joined now = joined;
        if (now != null && !now.hazelcast.getLifecycleService().isRunning()) {
            LOG.warn("cluster of cell {} ended here; it is joined again", settings.cell());
            joined = null;
            now.vertx.close();
        }
        if (joined == null && !joining && !closing) {
            joining = true;
            join();
        }
    }

    private void join() {
        try {
            HazelcastClusterManager cluster = new HazelcastClusterManager(HazelcastConfig.of(settings));
            Vertx.builder()
                    .with(options())
                    .withClusterManager(cluster)
                    .buildClustered()
                    .onSuccess(vertx -> built(vertx, cluster.getHazelcastInstance()))
                    .onFailure(e -> starter.execute(() -> failed(e)));
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void built(Vertx vertx, HazelcastInstance hazelcast) {
        if (closing) {
            vertx.close();
        } else {
            // Back to the own thread: the map is made by asking the cluster, which may take its time.
            starter.execute(() -> joined(vertx, hazelcast));
        }
    }

    private void joined(Vertx vertx, HazelcastInstance hazelcast) {
        try {
            joined = new Joined(vertx, hazelcast, HazelcastLocks.of(hazelcast));
            joining = false;
            LOG.info(
                    "cluster of cell {} joined on {}:{}, {} members",
                    settings.cell(),
                    settings.own(),
                    settings.port(),
                    hazelcast.getCluster().getMembers().size());
        } catch (RuntimeException e) {
            vertx.close();
            failed(e);
        }
    }

    private void failed(Throwable cause) {
        joining = false;
        LOG.warn(
                "cluster of cell {} not joined on {}:{}: {}; tried again in {} ms",
                settings.cell(),
                settings.own(),
                settings.port(),
                String.valueOf(cause.getMessage()).replaceAll("\\p{Cntrl}+", " "),
                RETRY_MS);
    }

    private static Thread threadOf(Runnable task) {
        Thread made = new Thread(task, "qf-cluster");
        made.setDaemon(true);
        return made;
    }

    /** As few threads as it can live with, bound to the one address, and no files. */
    private VertxOptions options() {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        options.getEventBusOptions().setHost(settings.own()).setClusterPublicHost(settings.own());
        return options;
    }
}
