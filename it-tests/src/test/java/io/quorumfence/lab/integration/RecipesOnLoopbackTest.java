package io.quorumfence.lab.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.quorumfence.config.Profile;
import io.quorumfence.lab.api.AgentApi;
import io.quorumfence.lab.cell.LiveCell;
import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.LabPlan;
import io.quorumfence.lab.ground.Labs;
import io.quorumfence.lab.loop.LoopCell;
import io.quorumfence.lab.watch.Timeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of docs/integrations against a real cell of plain processes, and what it tells of its secrets. */
@Timeout(240)
class RecipesOnLoopbackTest {
    private static final String TOKEN = "planted-webhook-token-3f9d2c";
    private static final List<String> OWN_FILES = List.of(".key", "alert.token", ".cell", ".raw");

    private final String temporary = System.getProperty("java.io.tmpdir");
    private final PlantedSecrets secrets = new PlantedSecrets();
    private final AtomicInteger webhooks = new AtomicInteger();

    @TempDir
    private Path dir;

    private Path started;

    @BeforeEach
    void runTheClassesUnderTest() throws IOException {
        String own = System.getProperty("java.class.path");
        System.setProperty("qf.classpath", System.getProperty("surefire.test.class.path", own));
        System.setProperty("java.io.tmpdir", dir.toString());
        started = dir.resolve("started");
    }

    @AfterEach
    void forget() {
        System.clearProperty("qf.classpath");
        System.setProperty("java.io.tmpdir", temporary);
    }

    @Test
    void startsOnlyOnARedeemedAllowAndShowsNoSecret() throws Exception {
        HttpServer receiver = echoingReceiver();
        LabPlan plan = plan(receiver.getAddress().getPort());
        try (LiveCell cell = LiveCell.on(LoopCell.boot(plan, Checkout.find(), line -> {}), new Timeline())) {
            cell.awaitJoined();
            cell.startFirst(Map.of("v1", "h1", "v2", "h1", "v3", "h1"));
            Recipe recipe = new Recipe(
                            cell.ground().coordinator(1).toString(),
                            cell.ground().tlsDir())
                    .with("QF_START", starter());

            refusesWhileTheHostLives(recipe, plan);
            cell.ground().powerOff("h1");
            startsEachOnce(recipe, plan);
            refusesASecondTime(recipe, plan);
            showsNoSecret(cell);
        } finally {
            receiver.stop(0);
        }
    }

    private void refusesWhileTheHostLives(Recipe recipe, LabPlan plan) {
        Recipe.Result zstack = zstack(recipe, plan, "first");
        assertThat(zstack.code()).as(zstack.err()).isEqualTo(3);
        assertThat(zstack.out())
                .contains("\"success\":false")
                .contains("host-alive")
                .contains("kept as it was");
        assertThat(recipe.run("", "cloudstack-investigate.sh", "h1").code()).isZero();
        assertThat(recipe.run("", "cloudstack-fence.sh", plan.uuidOf("v2"), "h1", "h3", "one")
                        .code())
                .isEqualTo(1);
        assertThat(recipe.run("", "virsh-failover.sh", plan.uuidOf("v3"), "h1", "h2")
                        .code())
                .isEqualTo(3);
        assertThat(started).doesNotExist();
    }

    private void startsEachOnce(Recipe recipe, LabPlan plan) throws IOException {
        CompletableFuture<Recipe.Result> zstack = CompletableFuture.supplyAsync(() -> zstack(recipe, plan, "first"));
        CompletableFuture<Recipe.Result> cloud = CompletableFuture.supplyAsync(
                () -> recipe.run("", "cloudstack-fence.sh", plan.uuidOf("v2"), "h1", "h3", "one"));
        Recipe.Result virsh = recipe.run("", "virsh-failover.sh", plan.uuidOf("v3"), "h1", "h2");
        assertThat(virsh.code()).as(virsh.err()).isZero();
        assertThat(started).hasContent(plan.uuidOf("v3") + " h2");
        assertThat(zstack.join()).returns(0, Recipe.Result::code);
        assertThat(zstack.join().out()).contains("\"success\":true");
        assertThat(cloud.join()).returns(0, Recipe.Result::code);
        assertThat(recipe.run("", "cloudstack-investigate.sh", "h1").code()).isEqualTo(1);
    }

    private void refusesASecondTime(Recipe recipe, LabPlan plan) {
        // Told from the newest record that the coordinator has read; until then the same start is allowed again.
        LiveCell.await(
                () -> zstack(recipe, plan, "first").code() == 5,
                Duration.ofSeconds(20),
                "a used permit is given again");
        assertThat(recipe.run("", "virsh-failover.sh", plan.uuidOf("v3"), "h1", "h3"))
                .returns(3, Recipe.Result::code)
                .satisfies(result -> assertThat(result.err()).contains("permit-exists"));
        assertThat(started).hasContent(plan.uuidOf("v3") + " h2");
    }

    private static Recipe.Result zstack(Recipe recipe, LabPlan plan, String api) {
        return recipe.run(
                "{\"vmUuid\": \"" + plan.uuidOf("v1").replace("-", "")
                        + "\", \"lastHost\": \"h1\", \"destHost\": \"h2\","
                        + " \"siblings\": [\"h2\", \"h3\"], \"apiId\": \"" + api + "\"}",
                "zstack-pre-fence.sh");
    }

    private void showsNoSecret(LiveCell cell) throws Exception {
        Path home = Objects.requireNonNull(cell.ground().tlsDir().getParent());
        secrets.macKey(home.resolve("h1/mac.key"));
        secrets.word("webhook token", TOKEN);
        secrets.privateKey("ssh key", dir.resolve("ssh.key"));
        secrets.privateKey("TLS key of h2", home.resolve("h2/tls/host.key"));
        secrets.privateKey("TLS key of the coordinator", home.resolve("coordinator/coordinator.key"));
        assertThat(webhooks).as("the token was used").hasPositiveValue();

        List<String> found = new ArrayList<>(secrets.inFilesBelow(home, OWN_FILES));
        found.addAll(secrets.inFilesBelow(Path.of("/dev/shm", String.valueOf(home.getFileName())), OWN_FILES));
        found.addAll(secrets.inProcesses());
        for (String path :
                List.of("/v1/hosts", "/v1/hosts/h1", "/v1/hosts/h2", "/v1/decisions", "/metrics", "/health")) {
            found.addAll(secrets.in("GET " + path, get(cell.ground().coordinator(1) + path)));
        }
        for (String host : List.of("h2", "h3")) {
            AgentApi agent = new AgentApi(cell.ground(), host);
            String status = agent.status().orElseThrow().toString();
            assertThat(status).contains("alerts");
            found.addAll(secrets.in("status and metrics of " + host, status + agent.metrics()));
        }
        assertThat(found).isEmpty();

        // Seen red: what is surely told is found in logs, journals and argument lists by the same search.
        PlantedSecrets told = new PlantedSecrets();
        told.word("cell", "loop-" + cell.plan().id());
        String where = String.join("\n", told.inFilesBelow(home, OWN_FILES));
        assertThat(where).contains("h2/journal").contains("agent.yaml");
        PlantedSecrets argument = new PlantedSecrets();
        argument.word("path", home.toString());
        assertThat(argument.inProcesses()).isNotEmpty();
    }

    private static String get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Refuses each alert and says the token in its answer, as a careless receiver would. */
    private HttpServer echoingReceiver() throws IOException {
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        receiver.createContext("/", exchange -> {
            String sent = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            if (sent.equals("Bearer " + TOKEN)) {
                webhooks.incrementAndGet();
            }
            byte[] body = ("cannot take " + sent).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(500, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        receiver.start();
        return receiver;
    }

    private LabPlan plan(int webhookPort) throws Exception {
        Path token = secret(dir.resolve("alert.token"), TOKEN + "\n");
        Path key = dir.resolve("ssh.key");
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", key.toString())
                .start()
                .waitFor();
        Map<String, Object> settings = Map.of(
                "ssh", Map.of("keyFile", key.toString()),
                "alerts",
                        Map.of(
                                "webhook",
                                Map.of("url", "http://127.0.0.1:" + webhookPort + "/", "tokenFile", token.toString()),
                                "timeout",
                                "1s",
                                "retryFor",
                                "1s"));
        return new LabPlan(
                Labs.freshId(),
                3,
                LabPlan.directories(3),
                Profile.FAST,
                settings,
                Map.of(),
                1,
                List.of("v1", "v2", "v3"),
                "cycle",
                Duration.ofSeconds(1),
                true);
    }

    private String starter() {
        Path start = dir.resolve("start");
        try {
            Files.writeString(start, "#!/bin/sh\necho \"$@\" >>" + started + "\n");
            Files.setPosixFilePermissions(start, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return start.toString();
    }

    private static Path secret(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text);
    }
}
