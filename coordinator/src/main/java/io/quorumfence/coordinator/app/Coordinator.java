package io.quorumfence.coordinator.app;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.quorumfence.coordinator.agents.HttpAgentCalls;
import io.quorumfence.coordinator.api.ApiDocument;
import io.quorumfence.coordinator.api.GateApi;
import io.quorumfence.coordinator.config.CoordinatorConfig;
import io.quorumfence.coordinator.config.Spans;
import io.quorumfence.coordinator.core.GatePolicy;
import io.quorumfence.coordinator.core.GateState;
import io.quorumfence.coordinator.core.StartRequest;
import io.quorumfence.coordinator.shell.DecisionLog;
import io.quorumfence.coordinator.shell.GateLoop;
import io.quorumfence.coordinator.shell.GateMetrics;
import io.quorumfence.coordinator.shell.HistoryFeed;
import io.quorumfence.coordinator.store.Remembered;
import io.quorumfence.coordinator.store.SqliteHistory;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running coordinator: the sole place that builds its adapters. Started and closed by one thread, not its loop. */
public final class Coordinator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
    private static final long OPEN_LIMIT_MS = 5_000;
    private static final long START_LIMIT_S = 20;
    private static final int HEADER_MAX = 8 * 1024;

    private final Vertx vertx;
    private final SqliteHistory history;
    private final PrometheusMeterRegistry registry;
    private final CoordinatorConfig config;
    private final ApiDocument document = ApiDocument.load();
    private volatile int port;

    private Coordinator(CoordinatorConfig config, SqliteHistory history) {
        this.config = config;
        this.history = history;
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        vertx = Vertx.builder()
                .with(new VertxOptions().setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true)))
                .withMetrics(new MicrometerMetricsFactory(registry))
                .build();
    }

    /**
     * Starts it; returns once it serves.
     *
     * @throws io.quorumfence.coordinator.store.HistoryFault if the history cannot be opened
     * @throws CannotListen if the address cannot be served
     */
    public static Coordinator start(CoordinatorConfig config) {
        int kept = GatePolicy.standard().requestsMax();
        Coordinator coordinator = new Coordinator(config, SqliteHistory.open(config.history(), kept, OPEN_LIMIT_MS));
        try {
            coordinator
                    .vertx
                    .deployVerticle(coordinator.new Main())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_LIMIT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            coordinator.close();
            throw new CannotListen("interrupted at start");
        } catch (ExecutionException | TimeoutException e) {
            coordinator.close();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CannotListen("cannot serve " + config.listen().address() + " port "
                    + config.listen().port() + ": " + cause.getMessage());
        }
        coordinator.announce();
        return coordinator;
    }

    /** Where the API is served; differs from the configuration when that says 0. */
    public int port() {
        return port;
    }

    /** The gate and its API, on one event loop. */
    private final class Main extends VerticleBase {
        private @Nullable GateLoop running;

        @Override
        public Future<?> stop() {
            if (running != null) {
                running.stop();
            }
            return Future.succeededFuture();
        }

        @Override
        public Future<?> start() {
            // Positive and small: sums of it with any configured span stay far from overflow.
            long startNs = System.nanoTime() - TimeUnit.DAYS.toNanos(1);
            GateState initial = initial(System.nanoTime() - startNs);
            HttpAgentCalls calls =
                    new HttpAgentCalls(vertx, config.tls(), config.limits(), () -> System.nanoTime() - startNs);
            GateLoop gate = new GateLoop(vertx, calls, () -> System.nanoTime() - startNs, initial);
            running = gate;
            gate.listen(new HistoryFeed(history, Clock.systemUTC()));
            gate.listen(new DecisionLog());
            gate.listen(new GateMetrics(registry, history, gate::state));
            GateApi api = new GateApi(vertx, gate, history, registry::scrape, document);
            HttpServerOptions options = new HttpServerOptions()
                    .setHost(config.listen().address())
                    .setPort(config.listen().port())
                    .setMaxHeaderSize(HEADER_MAX);
            gate.start(
                    config.cells(),
                    config.polling().rest().toMillis(),
                    config.polling().busy().toMillis());
            return vertx.createHttpServer(options)
                    .requestHandler(api.router())
                    .listen()
                    .onSuccess(server -> port = server.actualPort());
        }
    }

    private GateState initial(long nowNs) {
        Map<CellId, List<HostId>> cells = new LinkedHashMap<>();
        config.cells()
                .forEach((cell, agents) -> cells.put(
                        cell, agents.stream().map(agent -> agent.host()).toList()));
        long wallMs = Clock.systemUTC().millis();
        List<StartRequest> remembered = new ArrayList<>();
        for (Remembered old : history.sticky()) {
            // The wall clock only dates the permit's expiry, which is a hint for people.
            long agoNs = TimeUnit.MILLISECONDS.toNanos(Math.max(0, wallMs - old.atWallMs()));
            long tookNs = TimeUnit.MILLISECONDS.toNanos(old.tookMs());
            remembered.add(
                    0,
                    StartRequest.remembered(
                            old.id(),
                            old.question(),
                            old.cell(),
                            old.round(),
                            old.verdict(),
                            nowNs - agoNs - tookNs,
                            tookNs));
        }
        GatePolicy policy = GatePolicy.standard()
                .with(config.limits().statusMs(), config.permitTtl().toMillis())
                .with(
                        new GatePolicy.Throttle(
                                config.throttle().perDestination(),
                                config.throttle().perCell(),
                                config.throttle().waitMax().toNanos()),
                        config.siblingsRequired());
        return GateState.of(policy, cells, remembered);
    }

    private void announce() {
        LOG.info(
                "serving http://{}:{} for cells {}, history {} with {} sticky answers, polls every {} ({} when busy)",
                config.listen().address(),
                port,
                config.cells().keySet(),
                config.history(),
                history.sticky().size(),
                Spans.show(config.polling().rest()),
                Spans.show(config.polling().busy()));
        if (!config.listen().isLoopback()) {
            LOG.warn(
                    "listen.address {} is not loopback: the API has no authentication; whoever reaches it may ask"
                            + " for permits, cancel requests and release fenced hosts",
                    config.listen().address());
        }
    }

    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("did not stop in order: {}", e.getMessage());
        }
        history.close();
    }
}
