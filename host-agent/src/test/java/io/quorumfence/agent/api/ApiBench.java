package io.quorumfence.agent.api;

import io.quorumfence.model.HostId;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.RequestObservation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The API of host h1 on loopback, callers with certificates of its cell, and a core that says what the test says. */
final class ApiBench implements BeforeEachCallback, AfterEachCallback {
    private static final Duration DEADLINE = Duration.ofMillis(700);

    private final BlockingQueue<RequestObservation> requests = new LinkedBlockingQueue<>();
    private final Map<String, WebClient> clients = new HashMap<>();
    private volatile Consumer<RequestObservation> core = ignored -> {};

    private @Nullable Vertx vertx;
    private @Nullable Path directory;
    private @Nullable TestAuthority authority;
    private @Nullable AgentApi api;
    private int port;

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        vertx = Vertx.vertx();
        directory = Files.createTempDirectory("qf-api");
        authority = new TestAuthority(directory);
        authority.files("two-names", "CN=coordinator,CN=h2", "two-names");
        port = freePort();
        api = deployed(port);
        api.bound().await(10, TimeUnit.SECONDS);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        vertx().close().await(10, TimeUnit.SECONDS);
        try (Stream<Path> files = Files.walk(Objects.requireNonNull(directory))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** What came back. */
    record Reply(HttpResponse<Buffer> response) {
        int status() {
            return response.statusCode();
        }

        String contentType() {
            return response.getHeader("Content-Type");
        }

        @Nullable
        String header(String name) {
            return response.getHeader(name);
        }

        JsonObject json() {
            return response.bodyAsJsonObject();
        }

        String text() {
            return response.bodyAsString();
        }

        String problem() {
            return json().getString("code") + ": " + json().getString("detail");
        }
    }

    AgentApi api() {
        return Objects.requireNonNull(api);
    }

    BlockingQueue<RequestObservation> requests() {
        return requests;
    }

    void onRequest(Consumer<RequestObservation> answer) {
        core = answer;
    }

    RequestObservation seen() throws InterruptedException {
        return Objects.requireNonNull(requests.poll(10, TimeUnit.SECONDS), "no request reached the core");
    }

    Reply get(String who, String path) throws Exception {
        return send(who, HttpMethod.GET, path, null, null);
    }

    Reply post(String who, String path, JsonObject body) throws Exception {
        return send(who, HttpMethod.POST, path, "application/json", body.toBuffer());
    }

    Reply send(String who, HttpMethod method, String path, @Nullable String type, @Nullable Buffer body)
            throws Exception {
        return new Reply(call(client(who), method, path, type, body).await(10, TimeUnit.SECONDS));
    }

    @Nullable
    Throwable failureOf(WebClient client) {
        Future<HttpResponse<Buffer>> call = call(client, HttpMethod.GET, "/health", null, null);
        try {
            call.await(10, TimeUnit.SECONDS);
            return null;
        } catch (Exception e) {
            return call.cause();
        }
    }

    WebClient anonymous() {
        return WebClient.create(vertx(), options(trusted()));
    }

    WebClient clientOf(TlsFiles files) {
        return WebClient.create(vertx(), options(trusted()).setKeyCertOptions(files.identity()));
    }

    TlsFiles otherAuthority() throws Exception {
        return new TestAuthority(Files.createDirectory(directory().resolve("other"))).host("h2");
    }

    AgentApi deployed(int onPort) throws Exception {
        ApiSettings settings = new ApiSettings(
                new HostId("h1"),
                Set.of(new HostId("h1"), new HostId("h2"), new HostId("h3")),
                List.of("127.0.0.1"),
                onPort,
                authority().host("h1"),
                DEADLINE,
                DEADLINE);
        ApiSources sources = new ApiSources(
                () -> new JsonObject().put("status", "up"),
                () -> new JsonObject().put("host", "h1"),
                () -> "quorumfence_up 1\n");
        AgentApi made = new AgentApi(settings, sources, this::inbox);
        vertx().deployVerticle(made).await(10, TimeUnit.SECONDS);
        return made;
    }

    private void inbox(Observation observation) {
        RequestObservation request = (RequestObservation) observation;
        requests.add(request);
        core.accept(request);
    }

    private Future<HttpResponse<Buffer>> call(
            WebClient client, HttpMethod method, String path, @Nullable String type, @Nullable Buffer body) {
        var request = client.request(method, SocketAddress.inetSocketAddress(port, "127.0.0.1"), port, "h1", path);
        if (type != null) {
            request.putHeader("Content-Type", type);
        }
        return body == null ? request.send() : request.sendBuffer(body);
    }

    private WebClient client(String who) throws Exception {
        WebClient known = clients.get(who);
        if (known == null) {
            TlsFiles files = who.equals("two-names")
                    ? new TlsFiles(
                            directory().resolve("ca.pem"),
                            directory().resolve("two-names.pem"),
                            directory().resolve("two-names.key"))
                    : authority().host(who);
            known = clientOf(files);
            clients.put(who, known);
        }
        return known;
    }

    private TlsFiles trusted() {
        Path ca = directory().resolve("ca.pem");
        return new TlsFiles(ca, ca, ca);
    }

    private static WebClientOptions options(TlsFiles files) {
        return new WebClientOptions()
                .setSsl(true)
                .setTrustOptions(files.trust())
                .setEnabledSecureTransportProtocols(TlsFiles.PROTOCOLS);
    }

    private Vertx vertx() {
        return Objects.requireNonNull(vertx);
    }

    private Path directory() {
        return Objects.requireNonNull(directory);
    }

    private TestAuthority authority() {
        return Objects.requireNonNull(authority);
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", 0));
            return socket.getLocalPort();
        }
    }
}
