package io.quorumfence.coordinator.fake;

import io.quorumfence.coordinator.agents.AgentAddress;
import io.quorumfence.coordinator.agents.AgentLimits;
import io.quorumfence.coordinator.app.Coordinator;
import io.quorumfence.coordinator.config.CoordinatorConfig;
import io.quorumfence.coordinator.config.CoordinatorConfig.Listen;
import io.quorumfence.coordinator.config.CoordinatorConfig.Polling;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A real coordinator, on a free port, in front of a cell of fake agents. */
public final class Rig implements AutoCloseable {
    public final Vertx vertx = Vertx.vertx();
    public final TestAuthority authority;
    public final FakeCell cell;
    private final Path directory;
    private final HttpClient http = HttpClient.newHttpClient();
    private Coordinator coordinator;

    public Rig(Path directory) {
        Warmup.tls(directory);
        this.directory = directory;
        authority = new TestAuthority(directory);
        cell = FakeCell.start(vertx, authority, "h1", "h2", "h3");
        coordinator = another("history.db");
    }

    /** A further coordinator of the same cell. */
    public Coordinator another(String history) {
        List<AgentAddress> agents = List.of(cell.address("h1"), cell.address("h2"), cell.address("h3"));
        return Coordinator.start(new CoordinatorConfig(
                new Listen("127.0.0.1", 0),
                Map.of(FakeCell.CELL, agents),
                Set.of(),
                authority.files("coordinator"),
                directory.resolve(history),
                Duration.ofMinutes(2),
                CoordinatorConfig.Throttle.standard(),
                new Polling(Duration.ofMillis(500), Duration.ofMillis(30)),
                // Generous: a closed port is refused at once, and a busy machine must not look like a lost host.
                new AgentLimits(10_000, 10_000, 10_000, 16)));
    }

    /** The same coordinator after a restart: same history, nothing else. */
    public void restart() {
        coordinator.close();
        coordinator = another("history.db");
    }

    public String url() {
        return url(coordinator);
    }

    public static String url(Coordinator of) {
        return "http://127.0.0.1:" + of.port();
    }

    public HttpResponse<String> ask(JsonObject body) {
        return ask(url(), body);
    }

    public HttpResponse<String> ask(String base, JsonObject body) {
        return send(base, "POST", "/v1/start-requests", body.encode(), "application/json");
    }

    public HttpResponse<String> get(String path) {
        return send(url(), "GET", path, "", "");
    }

    public HttpResponse<String> delete(String path) {
        return send(url(), "DELETE", path, "", "");
    }

    public HttpResponse<String> send(String base, String method, String path, String body, String type) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        coordinator.close();
        cell.close();
        Waits.on(vertx.close());
    }
}
