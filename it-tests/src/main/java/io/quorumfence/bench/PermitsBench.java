package io.quorumfence.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorumfence.config.Profile;
import io.quorumfence.coordinator.agents.AgentAddress;
import io.quorumfence.coordinator.agents.AgentLimits;
import io.quorumfence.coordinator.agents.TlsFiles;
import io.quorumfence.coordinator.app.Coordinator;
import io.quorumfence.coordinator.config.CoordinatorConfig;
import io.quorumfence.lab.cell.LiveCell;
import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.ground.LabPlan;
import io.quorumfence.lab.ground.Labs;
import io.quorumfence.lab.loop.LoopCell;
import io.quorumfence.lab.watch.Timeline;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long a dead host's VMs wait for their permits, all asked for at once, and in how many versions of the record. */
@Command(
        name = "permits",
        description = "Permits for many VMs of one dead host in one batch, unthrottled; plain processes, no root.",
        mixinStandardHelpOptions = true)
final class PermitsBench implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PROOF = Duration.ofSeconds(90);

    @Option(names = "--vms", defaultValue = "500", description = "Default ${DEFAULT-VALUE}")
    private int vms;

    @Option(
            names = "--ballot-block",
            defaultValue = "64",
            description = "KiB; default ${DEFAULT-VALUE}. The shipped 32 hold about 327 open permits")
    private int ballotBlock;

    @Option(names = "--storages", defaultValue = "3", description = "Quorum storages; default ${DEFAULT-VALUE}")
    private int storages;

    private final HttpClient http = HttpClient.newHttpClient();

    @Override
    public Integer call() throws IOException, InterruptedException {
        LabPlan plan = LabPlan.ordinary(Labs.freshId(), 3, storages, Profile.FAST);
        Path history = Files.createTempDirectory("qf-bench");
        List<String> block = List.of("--ballot-block", Integer.toString(ballotBlock));
        try (LiveCell cell =
                LiveCell.on(LoopCell.boot(plan, Checkout.find(), System.err::println, block), new Timeline())) {
            cell.awaitJoined();
            cell.startFirst(Map.of("v1", "h1"));
            try (Coordinator coordinator = Coordinator.start(config(cell, history))) {
                String url = "http://127.0.0.1:" + coordinator.port();
                cell.ground().powerOff("h1");
                LiveCell.await(() -> isProven(url), PROOF, "h1 was not proven gone within 90 s");
                measure(url);
            }
        } finally {
            Files.deleteIfExists(history.resolve("history.db"));
            Files.deleteIfExists(history);
        }
        return 0;
    }

    private void measure(String url) throws IOException, InterruptedException {
        long before = version(url);
        long beganNs = System.nanoTime();
        JsonNode answer = JSON.readTree(post(url + "/v1/start-requests/batch", batch()));
        double tookMs = (System.nanoTime() - beganNs) / 1e6;
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("bench", "permits");
        figures.put("vms", vms);
        figures.put("storages", storages);
        figures.put("counts", String.valueOf(answer.get("counts")));
        figures.put("tookMs", Figures.round(tookMs));
        figures.put("recordVersions", version(url) - before);
        Figures.print(figures);
    }

    private String batch() {
        ObjectNode body = JSON.createObjectNode().put("wait", "60s");
        ArrayNode requests = body.putArray("requests");
        for (int i = 1; i <= vms; i++) {
            requests.addObject()
                    .put("vm", new UUID(0xBE, i).toString())
                    .put("lastHost", "h1")
                    .put("destination", i % 2 == 0 ? "h2" : "h3")
                    .put("requestId", UUID.randomUUID().toString());
        }
        return body.toString();
    }

    private boolean isProven(String url) {
        return get(url + "/v1/hosts/h1").path("state").asText().equals("proven-gone");
    }

    private long version(String url) {
        return get(url + "/v1/hosts").at("/cells/0/recordVersion").asLong();
    }

    private JsonNode get(String url) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new LabException("the coordinator does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }

    private String post(String url, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(90))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private static CoordinatorConfig config(LiveCell cell, Path history) {
        CellId id = new CellId("loop-" + cell.plan().id());
        List<AgentAddress> agents = cell.plan().hosts().stream()
                .map(host -> {
                    URI at = cell.ground().agent(host);
                    return new AgentAddress(id, new HostId(host), at.getHost(), at.getPort());
                })
                .toList();
        Path tls = cell.ground().tlsDir();
        return new CoordinatorConfig(
                new CoordinatorConfig.Listen("127.0.0.1", 0),
                Map.of(id, agents),
                Set.of(),
                new TlsFiles(
                        tls.resolve("ca.pem"), tls.resolve("coordinator-lab.pem"), tls.resolve("coordinator-lab.key")),
                history.resolve("history.db"),
                Duration.ofMinutes(2),
                new CoordinatorConfig.Throttle(0, 0, Duration.ofMinutes(30)),
                new CoordinatorConfig.Polling(Duration.ofSeconds(1), Duration.ofMillis(100)),
                AgentLimits.standard());
    }
}
