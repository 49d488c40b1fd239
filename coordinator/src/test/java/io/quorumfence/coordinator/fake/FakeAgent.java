package io.quorumfence.coordinator.fake;

import io.quorumfence.coordinator.agents.TlsFiles;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.VmId;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** FAKE. One agent's HTTP over real mutual TLS; answers as its fields say. Fields may be set from any thread. */
public final class FakeAgent implements AutoCloseable {
    private final Vertx vertx;
    private final FakeCell cell;
    private final HostId host;
    private final TlsFiles tls;
    private final Set<VmId> vms = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requestsOut = new AtomicInteger();
    private final AtomicInteger mostOut = new AtomicInteger();

    /** Every request that arrived: method and path. */
    public final CopyOnWriteArrayList<String> received = new CopyOnWriteArrayList<>();

    public volatile String phase = "JOINED";
    public volatile boolean leaseLive = true;
    public volatile String answer = "";
    public volatile boolean timePossible = true;
    /** As an agent of an earlier version does. */
    public volatile boolean refusesBatches;
    /** What others saw of it last, null while it beats. */
    public volatile @Nullable Long silentSinceNs;
    /** Takes over a request before anything else, for answers that no agent should give. */
    public volatile @Nullable Consumer<HttpServerRequest> override;
    /** Paths that are never answered. */
    public volatile String hangsOn = "none";
    /** What operators said to it; the first word to any of them becomes the proof. */
    public final Queue<JsonObject> words = new ConcurrentLinkedQueue<>();
    /** Changes the status before it is sent. */
    public volatile UnaryOperator<JsonObject> statusEdit = UnaryOperator.identity();

    private volatile @Nullable HttpServer server;
    private volatile int port;

    FakeAgent(Vertx vertx, FakeCell cell, HostId host, TlsFiles tls) {
        this.vertx = vertx;
        this.cell = cell;
        this.host = host;
        this.tls = tls;
    }

    public HostId host() {
        return host;
    }

    public int port() {
        return port;
    }

    public Set<VmId> vms() {
        return vms;
    }

    public Incarnation life() {
        return new Incarnation(1, UUID.nameUUIDFromBytes(host.value().getBytes(StandardCharsets.UTF_8)));
    }

    /** The largest number of requests that were under way at one moment. */
    public int mostOut() {
        return mostOut.get();
    }

    public void silence() {
        silentSinceNs = System.nanoTime();
    }

    /** Listens on loopback: on the port it had, or on a free one. */
    public void listen() {
        HttpServerOptions options = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setSsl(true)
                .setClientAuth(ClientAuth.REQUIRED)
                .setTrustOptions(new PemTrustOptions().addCertPath(tls.ca().toString()))
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertPath(tls.certificate().toString())
                        .addKeyPath(tls.key().toString()));
        HttpServer opened = Waits.on(
                vertx.createHttpServer(options).requestHandler(this::take).listen());
        server = opened;
        port = opened.actualPort();
        silentSinceNs = null;
    }

    private void take(HttpServerRequest request) {
        received.add(request.method() + " " + request.path());
        mostOut.accumulateAndGet(requestsOut.incrementAndGet(), Math::max);
        request.response().endHandler(done -> requestsOut.decrementAndGet());
        Consumer<HttpServerRequest> taken = override;
        if (taken != null) {
            taken.accept(request);
        } else if (!request.path().contains(hangsOn)) {
            request.body()
                    .onSuccess(body -> FakeAnswers.answer(
                            this, cell, request, body.length() == 0 ? new JsonObject() : body.toJsonObject()));
        }
    }

    @Override
    public void close() {
        HttpServer open = server;
        server = null;
        if (open != null) {
            Waits.on(open.close());
        }
    }
}
