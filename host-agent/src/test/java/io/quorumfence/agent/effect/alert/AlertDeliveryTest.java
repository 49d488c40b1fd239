package io.quorumfence.agent.effect.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quorumfence.model.command.LocalCommand.DeliverAlert;
import io.quorumfence.model.observation.EffectObservation.AlertDelivered;
import io.quorumfence.model.observation.Observation;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real receivers: an HTTP server that answers, errs or says nothing, and programs. */
class AlertDeliveryTest {
    private static final DeliverAlert ALERT = new DeliverAlert("no-lease", "host h1 holds no live lease", true);
    private static final int SILENT = 0;

    private record Got(JsonObject body, String authorization, String uri) {}

    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final BlockingQueue<Observation> seen = new LinkedBlockingQueue<>();
    private final BlockingQueue<Got> got = new LinkedBlockingQueue<>();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** Answers each request with the status of its number; {@link #SILENT} never. */
    private int server(IntFunction<Integer> status) throws Exception {
        AtomicInteger number = new AtomicInteger();
        HttpServer server = vertx.createHttpServer().requestHandler(request -> answer(request, status, number));
        return server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .actualPort();
    }

    private void answer(HttpServerRequest request, IntFunction<Integer> status, AtomicInteger number) {
        request.body().onSuccess(body -> {
            got.add(new Got(body.toJsonObject(), String.valueOf(request.getHeader("Authorization")), request.uri()));
            int code = status.apply(number.incrementAndGet());
            if (code != SILENT) {
                request.response().setStatusCode(code).end();
            }
        });
    }

    private AlertDelivery delivery(Optional<URI> url, Optional<Path> token, List<String> command, Duration retryFor) {
        AlertSpec spec =
                new AlertSpec("c1", "h1", url, token, command, Duration.ofMillis(700), retryFor, Duration.ofMillis(20));
        return new AlertDelivery(spec, meters, seen::add, System::nanoTime);
    }

    private AlertDelivered next() throws InterruptedException {
        return (AlertDelivered) seen.poll(30, TimeUnit.SECONDS);
    }

    @Test
    void aReceiverThatErrsGetsItAgainUntilItTakesIt() throws Exception {
        int port = server(number -> number < 3 ? 503 : 204);
        Path token = Files.writeString(directory.resolve("token"), "not-a-real-token\n");
        URI url = URI.create("http://127.0.0.1:" + port + "/hook/x?y=1");
        try (AlertDelivery delivery =
                delivery(Optional.of(url), Optional.of(token), List.of(), Duration.ofSeconds(20))) {
            delivery.deliver(ALERT);

            assertThat(next()).isEqualTo(new AlertDelivered("no-lease", true, "webhook"));
        }
        assertThat(got).hasSize(3);
        Got last = got.stream().reduce((a, b) -> b).orElseThrow();
        assertThat(last.authorization()).isEqualTo("Bearer not-a-real-token");
        assertThat(last.uri()).isEqualTo("/hook/x?y=1");
        assertThat(last.body().getString("code")).isEqualTo("no-lease");
        assertThat(last.body().getString("state")).isEqualTo("raised");
        assertThat(last.body().getString("host")).isEqualTo("h1");
        assertThat(meters.counter("quorumfence.alerts.delivered").count()).isEqualTo(1);
    }

    @Test
    void aSilentReceiverIsGivenUpAndNothingSecretIsSaid() throws Exception {
        int port = server(number -> SILENT);
        URI url = URI.create("http://user:hush@127.0.0.1:" + port + "/hush");
        try (AlertDelivery delivery = delivery(Optional.of(url), Optional.empty(), List.of(), Duration.ZERO)) {
            delivery.deliver(ALERT);

            AlertDelivered answer = next();
            assertThat(answer.ok()).isFalse();
            assertThat(answer.detail())
                    .startsWith("webhook: http://127.0.0.1:" + port + "/...: ")
                    .doesNotContain("hush");
        }
        assertThat(got.element().authorization()).startsWith("Basic ");
        assertThat(meters.counter("quorumfence.alerts.failed").count()).isEqualTo(1);
    }

    @Test
    void aProgramGetsTheAlertOnItsInput() throws Exception {
        Path file = directory.resolve("told");
        List<String> command = List.of("/usr/bin/tee", file.toString());
        try (AlertDelivery delivery = delivery(Optional.empty(), Optional.empty(), command, Duration.ofSeconds(20))) {
            delivery.deliver(ALERT);
            assertThat(next()).isEqualTo(new AlertDelivered("no-lease", true, "command"));
        }
        assertThat(new JsonObject(Files.readString(file)).getString("text")).isEqualTo(ALERT.text());
    }

    @Test
    void aProgramThatHangsIsKilledWithItsChildren() throws IOException, InterruptedException {
        Path script =
                Files.writeString(directory.resolve("hang"), "sleep 300 & echo $! > " + directory + "/child; wait\n");
        List<String> command = List.of("/bin/sh", script.toString());
        try (AlertDelivery delivery = delivery(Optional.empty(), Optional.empty(), command, Duration.ZERO)) {
            delivery.deliver(ALERT);
            assertThat(next().detail()).contains("not done in 700 ms, killed");
        }
        long child = Long.parseLong(Files.readString(directory.resolve("child")).strip());
        Optional<ProcessHandle> left = ProcessHandle.of(child);
        left.ifPresent(handle -> handle.onExit().orTimeout(20, TimeUnit.SECONDS).join());
        assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void aFloodIsGivenUpAndCounted() throws Exception {
        int port = server(number -> SILENT);
        URI url = URI.create("http://127.0.0.1:" + port + "/");
        try (AlertDelivery delivery = delivery(Optional.of(url), Optional.empty(), List.of(), Duration.ofSeconds(5))) {
            for (int i = 0; i <= AlertDelivery.PENDING_MAX; i++) {
                delivery.deliver(ALERT);
            }
            assertThat(next().detail()).contains("64 others are waiting");
        }
    }
}
