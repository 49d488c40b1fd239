package io.quorumfence.agent.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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
    private final ScheduledExecutorService starter = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "qf-cluster");
        made.setDaemon(true);
        return made;
    });

    private volatile @Nullable Joined joined;
    private volatile boolean started;
    private volatile boolean closing;

    public CellCluster(ClusterSettings settings) {
        this.settings = settings;
    }

    /** Begins to join; returns at once. */
    public void start() {
        started = true;
        starter.execute(this::join);
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
        Promise<Void> closed = Promise.promise();
        starter.execute(() -> {
            Joined now = joined;
            joined = null;
            Future<Void> ended = now == null ? Future.succeededFuture() : now.vertx.close();
            ended.onComplete(closed);
        });
        return closed.future();
    }

    Optional<ClusterLocks> locks() {
        Joined now = joined;
        return now != null && now.hazelcast.getLifecycleService().isRunning()
                ? Optional.of(now.locks)
                : Optional.empty();
    }

    /** For tests: dies as a killed process does, without a word to the others. */
    void terminate() {
        closing = true;
        Joined now = joined;
        if (now != null) {
            now.hazelcast.getLifecycleService().terminate();
        }
    }

    /** The clustered Vert.x, for tests that measure what its own lock is worth. */
    Optional<Vertx> vertx() {
        return Optional.ofNullable(joined).map(Joined::vertx);
    }

    private void join() {
        if (closing) {
            return;
        }
        HazelcastClusterManager cluster = new HazelcastClusterManager(HazelcastConfig.of(settings));
        Vertx.builder()
                .with(options())
                .withClusterManager(cluster)
                .buildClustered()
                // Back to this class's own thread: the map is made by asking the cluster, which may take its time.
                .onSuccess(vertx -> starter.execute(() -> joined(vertx, cluster.getHazelcastInstance())))
                .onFailure(e -> {
                    LOG.warn(
                            "cluster of cell {} not joined on {}:{}: {}; tried again in {} ms",
                            settings.cell(),
                            settings.own(),
                            settings.port(),
                            String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}+", " "),
                            RETRY_MS);
                    again();
                });
    }

    private void joined(Vertx vertx, HazelcastInstance hazelcast) {
        if (closing) {
            vertx.close();
            return;
        }
        joined = new Joined(vertx, hazelcast, HazelcastLocks.of(hazelcast));
        hazelcast.getLifecycleService().addLifecycleListener(event -> {
            if (event.getState() == LifecycleEvent.LifecycleState.SHUTDOWN && !closing) {
                LOG.warn("cluster of cell {} ended here; it is joined again", settings.cell());
                joined = null;
                vertx.close();
                again();
            }
        });
        LOG.info(
                "cluster of cell {} joined on {}:{}, {} members",
                settings.cell(),
                settings.own(),
                settings.port(),
                hazelcast.getCluster().getMembers().size());
    }

    private void again() {
        if (!closing) {
            starter.schedule(this::join, RETRY_MS, TimeUnit.MILLISECONDS);
        }
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
