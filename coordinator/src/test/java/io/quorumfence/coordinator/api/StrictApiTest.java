package io.quorumfence.coordinator.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quorumfence.coordinator.agents.AgentCalls;
import io.quorumfence.coordinator.agents.AgentLimits;
import io.quorumfence.coordinator.agents.HttpAgentCalls;
import io.quorumfence.coordinator.core.GatePolicy;
import io.quorumfence.coordinator.core.GateState;
import io.quorumfence.coordinator.core.Reason;
import io.quorumfence.coordinator.fake.Rig;
import io.quorumfence.coordinator.shell.GateLoop;
import io.quorumfence.coordinator.store.History;
import io.quorumfence.coordinator.store.SqliteHistory;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API takes and what it refuses, and that the contract says so. */
class StrictApiTest {
    private static final String VM = "11111111-2222-3333-4444-555555555555";

    @TempDir
    static Path directory;

    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = new Rig(directory);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    static Stream<Arguments> badBodies() {
        String good = "\"vm\":\"" + VM + "\",\"lastHost\":\"h1\",\"destination\":\"h2\"";
        return Stream.of(
                Arguments.of("", "the body must be a JSON object"),
                Arguments.of("{", "the body is not JSON"),
                Arguments.of("[]", "the body must be a JSON object"),
                Arguments.of("{" + good + "} {}", "the body is not JSON"),
                Arguments.of("{" + good + ",\"lasthost\":\"h3\"}", "field 'lasthost' is not known here"),
                Arguments.of("{" + good + ",\"vm\":\"" + VM + "\"}", "Duplicate field 'vm'"),
                Arguments.of("{\"lastHost\":\"h1\",\"destination\":\"h2\"}", "field 'vm' is missing"),
                Arguments.of("{\"vm\":null,\"lastHost\":\"h1\",\"destination\":\"h2\"}", "field 'vm' is missing"),
                Arguments.of("{\"vm\":\"1-2-3-4-5\",\"lastHost\":\"h1\",\"destination\":\"h2\"}", "must be a UUID"),
                Arguments.of("{\"vm\":\"web\",\"lastHost\":\"h1\",\"destination\":\"h2\"}", "must be a UUID"),
                Arguments.of("{\"vm\":7,\"lastHost\":\"h1\",\"destination\":\"h2\"}", "'vm' must be a text"),
                Arguments.of("{\"vm\":\"" + VM + "\",\"lastHost\":\"h 1\",\"destination\":\"h2\"}", "a host id"),
                Arguments.of("{\"vm\":\"" + VM + "\",\"lastHost\":\"h1\"}", "field 'destination' is missing"),
                Arguments.of("{" + good + ",\"siblings\":\"h3\"}", "'siblings' must be a list"),
                Arguments.of("{" + good + ",\"siblings\":[3]}", "'siblings' must hold host ids"),
                Arguments.of("{" + good + ",\"siblings\":[\"h1\"]}", "names the last host itself"),
                Arguments.of("{" + good + ",\"requestId\":\"a b\"}", "field 'requestId' must be"),
                Arguments.of(
                        "{" + good + ",\"requestId\":\"hook-run-1\"}",
                        "field 'requestId' must not begin with hook-start-, hook-run- or hook-move-"),
                Arguments.of("{" + good + ",\"requestId\":\"" + "x".repeat(65) + "\"}", "field 'requestId' must be"),
                Arguments.of("{" + good + ",\"wait\":20}", "field 'wait' must be a text"),
                Arguments.of("{" + good + ",\"wait\":\"61s\"}", "at most 60s"),
                Arguments.of("{" + good + ",\"wait\":\"-1s\"}", "at most 60s"),
                Arguments.of("{" + good + ",\"cell\":\"\"}", "field 'cell' must be a cell id"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("badBodies")
    void aBodyThatIsNotAsAgreedIsRefusedByName(String body, String why) {
        HttpResponse<String> answer = rig.send(rig.url(), "POST", "/v1/start-requests", body, "application/json");
        assertThat(answer.statusCode()).isEqualTo(400);
        JsonObject problem = new JsonObject(answer.body());
        assertThat(problem.getString("code")).isEqualTo("bad-request");
        assertThat(problem.getString("detail")).contains(why);
    }

    @ParameterizedTest(name = "{0} {1} {2} -> {3}")
    @CsvSource({
        "POST, /v1/start-requests, text/plain, 415, unsupported-media-type",
        "PUT, /v1/start-requests, application/json, 405, method-not-allowed",
        "GET, /v1/start-requests, '', 405, method-not-allowed",
        "GET, /v2/hosts, '', 404, not-found",
        "GET, /v1/start-requests/never, '', 404, unknown-request",
        "GET, /v1/start-requests/never/events, '', 404, unknown-request",
        "DELETE, /v1/start-requests/never, '', 404, unknown-request",
        "GET, /v1/hosts/h9, '', 404, unknown-host",
        "GET, /v1/decisions?limit=0, '', 400, bad-request",
        "GET, /v1/decisions?limit=5000, '', 400, bad-request",
        "GET, /v1/decisions?limit=x, '', 400, bad-request"
    })
    void whatIsNotServedIsAProblemWithAStableCode(String method, String path, String type, int status, String code) {
        String body = method.equals("POST") || method.equals("PUT") ? "{}" : "";
        HttpResponse<String> answer = rig.send(rig.url(), method, path, body, type);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo(code);
    }

    @Test
    void aLargeBodyIsRefused() {
        HttpResponse<String> answer = rig.send(
                rig.url(), "POST", "/v1/start-requests", "{\"vm\":\"" + "x".repeat(20_000) + "\"}", "application/json");
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo("body-too-large");
    }

    @Test
    void theContractListsExactlyTheRoutesThatAreServed() throws Exception {
        JsonNode contract =
                JsonMapper.builder().build().readTree(rig.get("/openapi.json").body());
        List<String> promised = new ArrayList<>();
        contract.get("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (!method.equals("parameters")) {
                        promised.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                    }
                }));
        assertThat(promised).containsExactlyInAnyOrderElementsOf(served());
        assertThat(promised).hasSizeGreaterThan(8);
    }

    private static List<String> served() {
        GateState nothing = GateState.of(GatePolicy.standard(), Map.of(), List.of());
        AgentCalls calls = new HttpAgentCalls(
                rig.vertx, rig.authority.files("coordinator"), AgentLimits.standard(), System::nanoTime);
        GateLoop gate = new GateLoop(rig.vertx, calls, System::nanoTime, nothing);
        History history = SqliteHistory.open(directory.resolve("unused.db"), 1, 60_000);
        try {
            return GateApi.routes(new GateApi(rig.vertx, gate, history, () -> "", ApiDocument.load()).router());
        } finally {
            history.close();
        }
    }

    @Test
    void everyGetOfTheContractIsReallyServed() throws Exception {
        rig.ask(new JsonObject()
                .put("vm", VM)
                .put("lastHost", "h1")
                .put("destination", "h2")
                .put("requestId", "r1"));
        JsonNode contract =
                JsonMapper.builder().build().readTree(rig.get("/openapi.json").body());
        contract.get("paths").fieldNames().forEachRemaining(path -> {
            if (contract.get("paths").get(path).has("get")) {
                String real = path.replace("{id}", "r1").replace("{host}", "h1");
                assertThat(rig.get(real).statusCode()).as(real).isEqualTo(200);
            }
        });
    }

    @Test
    void theContractNamesEveryReasonCode() throws Exception {
        JsonNode contract =
                JsonMapper.builder().build().readTree(rig.get("/openapi.json").body());
        List<String> codes = new ArrayList<>();
        contract.at("/components/schemas/Refuse/properties/code/enum").forEach(code -> codes.add(code.asText()));
        assertThat(codes)
                .containsAll(Stream.of(Reason.values()).map(Reason::code).toList());
    }

    @Test
    void theContractAsYamlIsTheFileItself() {
        assertThat(rig.get("/openapi.yaml").body()).isEqualTo(ApiDocument.load().yaml());
    }
}
