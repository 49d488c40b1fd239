package io.quorumfence.agent.api;

import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.Observation;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's HTTP over mutual TLS, one server for each of the host's addresses. Every question becomes an observation;
 * it is answered when the core replies, or at its deadline. Decides nothing.
 *
 * <p>A port that is taken is tried again every {@value #BIND_RETRY_MS} ms, and the agent goes on meanwhile. That is
 * enough to follow a half-dead predecessor: no storage is open in its process, so nothing in the kernel can keep it
 * (and its ports) alive once it was killed. Ports are not shared with it ({@code SO_REUSEPORT}), or it would still be
 * given requests.
 *
 * <p>All state belongs to the event loop it is deployed on; {@link #accept} may be called from any thread and never
 * blocks.
 */
public final class AgentApi implements Deployable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentApi.class);
    private static final long BIND_RETRY_MS = 200;
    private static final int IDLE_SECONDS = 60;
    private static final int HANDSHAKE_SECONDS = 5;

    private final ApiSettings settings;
    private final ApiSources sources;
    private final Consumer<Observation> inbox;
    private final Promise<Void> bound = Promise.promise();
    private final List<HttpServer> servers = new ArrayList<>();
    private final Map<String, String> complaints = new HashMap<>();

    private volatile @Nullable Context context;
    private @Nullable Waiting waiting;
    private boolean closing;

    /** @param inbox takes observations on the event loop; must not block */
    public AgentApi(ApiSettings settings, ApiSources sources, Consumer<Observation> inbox) {
        this.settings = settings;
        this.sources = sources;
        this.inbox = inbox;
    }

    /** Starts to bind, and does not wait for it. */
    @Override
    public Future<?> deploy(Context own) {
        Vertx vertx = own.owner();
        Waiting opened = new Waiting(vertx, inbox);
        waiting = opened;
        context = own;
        Router router = new Routes(vertx, settings, sources, opened).router();
        settings.addresses().forEach(address -> bind(vertx, router, address));
        return Future.succeededFuture();
    }

    @Override
    public Future<?> undeploy(Context own) {
        closing = true;
        return Future.join(servers.stream().map(HttpServer::close).toList());
    }

    /** Completes when every address is served. */
    public Future<Void> bound() {
        return bound.future();
    }

    /** Hands the core's reply to whoever waits for it; one that comes too late is dropped. */
    public void accept(ReplyCommand reply) {
        Context own = context;
        // Before it is deployed nobody can have asked.
        if (own != null) {
            own.runOnContext(ignored -> Objects.requireNonNull(waiting).accept(reply));
        }
    }

    private void bind(Vertx vertx, Router router, String address) {
        if (closing) {
            return;
        }
        vertx.createHttpServer(options())
                .requestHandler(router)
                // A caller that TLS turns away is the caller's matter; a port scan must not fill the log.
                .exceptionHandler(e -> LOG.debug("a connection to {} ended: {}", address, e.getMessage()))
                .listen(settings.port(), address)
                .onSuccess(server -> bound(address, server))
                .onFailure(e -> {
                    complain(address, String.valueOf(e.getMessage()));
                    vertx.setTimer(BIND_RETRY_MS, ignored -> bind(vertx, router, address));
                });
    }

    private void bound(String address, HttpServer server) {
        if (closing) {
            server.close();
            return;
        }
        servers.add(server);
        LOG.info("HTTP on {}:{}", address, server.actualPort());
        if (servers.size() == settings.addresses().size()) {
            bound.tryComplete();
        }
    }

    /** One line for each new reason, not one for each attempt. */
    private void complain(String address, String reason) {
        if (!reason.equals(complaints.put(address, reason))) {
            LOG.warn(
                    "HTTP on {}:{} is not served: {}; tried again every {} ms",
                    address,
                    settings.port(),
                    reason,
                    BIND_RETRY_MS);
        }
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(false)
                .setKeyCertOptions(settings.tls().identity())
                .setTrustOptions(settings.tls().trust())
                .setClientAuth(ClientAuth.REQUIRED)
                .setEnabledSecureTransportProtocols(TlsFiles.PROTOCOLS)
                // Signatures of a handshake take milliseconds each: not on the loop.
                .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true))
                .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                .setIdleTimeout(IDLE_SECONDS)
                .setReuseAddress(true)
                .setReusePort(false);
    }
}
