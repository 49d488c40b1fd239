package io.quorumfence.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.fake.Rig;
import io.quorumfence.coordinator.fake.Waits;
import io.quorumfence.model.VmId;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole coordinator in front of fake agents: HTTP in, mutual TLS out, SQLite beside it. */
class CoordinatorTest {
    private static final VmId VM = VmId.of("11111111-2222-3333-4444-555555555555");

    @TempDir
    Path directory;

    private Rig rig;

    @BeforeEach
    void start() {
        rig = new Rig(directory);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static JsonObject body(String id) {
        return new JsonObject()
                .put("vm", VM.toString())
                .put("lastHost", "h1")
                .put("destination", "h2")
                .put("requestId", id);
    }

    private static JsonObject json(HttpResponse<String> response) {
        return new JsonObject(response.body());
    }

    @Test
    void aVmThatRunsOnItsHostIsRefusedWithEvidence() {
        rig.cell.run("h1", VM);
        HttpResponse<String> answer = rig.ask(body("r1"));
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonObject problem = json(answer);
        assertThat(problem.getString("code")).isEqualTo("host-alive");
        assertThat(problem.getString("verdict")).isEqualTo("REFUSE");
        assertThat(problem.getString("reason")).isEqualTo("host-alive");
        assertThat(problem.getString("type")).isEqualTo("https://quorumfence.io/problems/host-alive");
        assertThat(problem.getString("detail"))
                .contains("vm-present")
                .endsWith("is kept as it was until the suspect recovers or an operator decides");
        assertThat(problem.getString("wouldChange")).isNotBlank();
        assertThat(problem.getJsonArray("evidence").getJsonObject(0).getString("who"))
                .isEqualTo("h1");
        assertThat(rig.cell.record().permits()).isEmpty();
    }

    @Test
    void aVmThatEndedIsAllowedByItsHostsWordAndThePermitCanBeRedeemedOnce() {
        HttpResponse<String> answer = rig.ask(body("r1"));
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Location")).hasValue("/v1/start-requests/r1");
        JsonObject allow = json(answer);
        assertThat(allow.getString("verdict")).isEqualTo("ALLOW");
        assertThat(allow.getString("reason")).isEqualTo("host-says");
        JsonObject permit = allow.getJsonObject("permit");
        assertThat(permit.getString("destination")).isEqualTo("h2");
        assertThat(permit.getLong("expiresInMs")).isBetween(100_000L, 120_000L);
        assertThat(permit.getString("redeemUrl"))
                .isEqualTo("https://127.0.0.1:" + rig.cell.address("h2").port() + "/v1/permits/" + permit.getLong("id")
                        + "/redeem");
        assertThat(rig.cell.record().permits()).hasSize(1);
        assertThat(rig.cell.agent("h1").received)
                .anySatisfy(seen -> assertThat(seen).endsWith("/absence"));
    }

    @Test
    void powerLossIsPendingAndThenAllowedByTime() {
        rig.cell.run("h1", VM);
        rig.cell.powerLoss("h1");
        HttpResponse<String> first = rig.ask(body("r1"));
        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(json(first).getString("verdict")).isEqualTo("PENDING");
        assertThat(json(first).getString("reason")).isEqualTo("awaiting-suspicion");
        assertThat(json(first).getLong("deadlineInMs")).isPositive();
        CompletableFuture<HttpResponse<String>> waiting =
                CompletableFuture.supplyAsync(() -> rig.ask(body("r1").put("wait", "60s")));
        Waits.until(
                "a proof is awaited",
                () -> json(rig.get("/v1/start-requests/r1")).getString("reason").equals("awaiting-proof"));
        rig.cell.provenByTime("h1", "h3");
        JsonObject allow = json(waiting.join());
        assertThat(waiting.join().statusCode()).isEqualTo(201);
        assertThat(allow.getString("reason")).isEqualTo("time");
        assertThat(allow.getJsonArray("evidence").getJsonObject(0).getString("saw"))
                .contains("PROVEN by time (VMS_GONE): silent for 15020 ms");
        assertThat(rig.get("/v1/start-requests/r1").statusCode()).isEqualTo(200);
    }

    @Test
    void aHostCutFromTheCoordinatorAloneIsRefusedBecauseOthersSeeIt() {
        rig.cell.run("h1", VM);
        rig.cell.agent("h1").close();
        HttpResponse<String> answer = rig.ask(body("r1").put("wait", "60s"));
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(json(answer).getString("code")).isEqualTo("host-alive");
        assertThat(json(answer).getString("detail")).contains("saw its beat change on storage");
    }

    @Test
    void aWrongLastHostIsRefusedAndTheRightOneNamed() {
        rig.cell.run("h3", VM);
        JsonObject problem = json(rig.ask(body("r1")));
        assertThat(problem.getString("code")).isEqualTo("vm-seen-elsewhere");
        assertThat(problem.getString("detail")).contains("on host h3 by h3");
    }

    @ParameterizedTest
    @CsvSource({"lastHost, h9", "destination, h9"})
    void aHostThatTheCellDoesNotHaveIsRefusedByNameAndNobodyIsAsked(String field, String stranger) {
        HttpResponse<String> answer = rig.ask(body("r1").put(field, stranger));
        assertThat(answer.statusCode()).isEqualTo(409);
        JsonObject problem = json(answer);
        assertThat(problem.getString("code")).isEqualTo("unknown-host");
        assertThat(problem.getString("detail")).contains("host h9 is not of cell ");
        assertThat(problem.getString("wouldChange")).isEqualTo("the request names hosts of one cell");
        assertThat(rig.cell.record().permits()).isEmpty();
        assertThat(rig.cell.agent("h1").received).noneMatch(seen -> seen.endsWith("/absence"));
    }

    /** Nobody knows it, so its host says that it is not there; a UUID that was mistyped harms nobody. */
    @Test
    void aVmThatNobodyKnowsIsItsHostsWordToGive() {
        String unknown = "0a1b2c3d-0000-4000-8000-0000000000ff";
        rig.cell.run("h1", VM);
        JsonObject allow = json(rig.ask(body("r1").put("vm", unknown)));
        assertThat(allow.getString("reason")).isEqualTo("host-says");
        assertThat(allow.getJsonObject("permit").getString("vm")).isEqualTo(unknown);
    }

    @Test
    void aHostWithoutWatchdogIsRefusedWithTheReason() {
        rig.cell.run("h1", VM);
        rig.cell.agent("h1").timePossible = false;
        rig.cell.powerLoss("h1");
        JsonObject problem = json(rig.ask(body("r1").put("wait", "60s")));
        assertThat(problem.getString("code")).isEqualTo("no-time-proof");
        assertThat(problem.getString("detail")).contains("no-watchdog: promised none");
    }

    @Test
    void twoCoordinatorsGiveOnePermit() {
        try (Coordinator other = rig.another("other.db")) {
            String there = Rig.url(other);
            JsonObject first = json(rig.ask(body("r1")));
            assertThat(first.getString("verdict")).isEqualTo("ALLOW");
            JsonObject same = json(rig.ask(there, body("r1")));
            assertThat(same.getString("verdict")).isEqualTo("ALLOW");
            assertThat(same.getJsonObject("permit").getLong("id"))
                    .isEqualTo(first.getJsonObject("permit").getLong("id"));
            JsonObject second = json(rig.ask(there, body("r2")));
            assertThat(second.getString("code")).isEqualTo("permit-exists");
            assertThat(second.getString("detail")).contains("for host h2 is GRANTED (request r1)");
            assertThat(rig.cell.record().permits()).hasSize(1);
        }
    }

    @Test
    void twoCoordinatorsAskedAtOnceGiveOnePermit() {
        try (Coordinator other = rig.another("other.db")) {
            CompletableFuture<JsonObject> here =
                    CompletableFuture.supplyAsync(() -> json(rig.ask(body("r1").put("wait", "60s"))));
            CompletableFuture<JsonObject> there = CompletableFuture.supplyAsync(
                    () -> json(rig.ask(Rig.url(other), body("r2").put("wait", "60s"))));
            assertThat(here.join().getString("verdict")).isIn("ALLOW", "REFUSE");
            assertThat(here.join().getString("verdict"))
                    .isNotEqualTo(there.join().getString("verdict"));
            assertThat(rig.cell.record().permits()).hasSize(1);
        }
    }

    @Test
    void allowSurvivesARestartAndARefusalIsJudgedAnew() {
        JsonObject allow = json(rig.ask(body("r1")));
        VmId other = VmId.of("99999999-2222-3333-4444-555555555555");
        rig.cell.run("h1", other);
        assertThat(rig.ask(body("r2").put("vm", other.toString())).statusCode()).isEqualTo(409);
        rig.restart();
        rig.cell.run("h1", VM);
        JsonObject again = json(rig.ask(body("r1")));
        assertThat(again.getString("verdict")).isEqualTo("ALLOW");
        assertThat(again.getJsonObject("permit").getLong("id"))
                .isEqualTo(allow.getJsonObject("permit").getLong("id"));
        assertThat(rig.get("/v1/start-requests/r2").statusCode()).isEqualTo(404);
        rig.cell.agent("h1").vms().remove(other);
        assertThat(rig.ask(body("r2").put("vm", other.toString())).statusCode()).isEqualTo(201);
    }

    @Test
    void cancellingEndsThePermitUnlessItWasRedeemed() {
        long permit = json(rig.ask(body("r1"))).getJsonObject("permit").getLong("id");
        assertThat(json(rig.delete("/v1/start-requests/r1")).getString("verdict"))
                .isEqualTo("CANCELLED");
        assertThat(rig.cell.record().permit(permit).orElseThrow().isOpen()).isFalse();
        assertThat(rig.ask(body("r1")).statusCode()).isEqualTo(409);
        assertThat(json(rig.ask(body("r1"))).getString("code")).isEqualTo("cancelled");
        long second = json(rig.ask(body("r2"))).getJsonObject("permit").getLong("id");
        rig.cell.apply(new io.quorumfence.record.RecordChange.RedeemPermit(
                second,
                rig.cell.record().permit(second).orElseThrow().vm(),
                rig.cell.agent("h2").host(),
                rig.cell.agent("h2").life()));
        HttpResponse<String> tooLate = rig.delete("/v1/start-requests/r2");
        assertThat(tooLate.statusCode()).isEqualTo(409);
        assertThat(json(tooLate).getString("code")).isEqualTo("permit-redeemed");
    }

    @Test
    void theSameIdForAnotherVmIsAConflict() {
        rig.ask(body("r1"));
        HttpResponse<String> answer = rig.ask(body("r1").put("destination", "h3"));
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(json(answer).getString("code")).isEqualTo("request-id-conflict");
    }

    @Test
    void anAgentOfAnotherVersionIsNamed() {
        rig.cell.agent("h3").statusEdit = status -> status.put("v", 7);
        JsonObject problem = json(rig.ask(body("r1")));
        assertThat(problem.getString("code")).isEqualTo("ambiguous");
        assertThat(problem.getString("detail")).contains("host h3").contains("status version 7");
    }

    @Test
    void eventsTellEveryAnswerAndEndWithTheFinalOne() {
        rig.cell.run("h1", VM);
        rig.cell.powerLoss("h1");
        rig.ask(body("r1"));
        CompletableFuture<HttpResponse<String>> events =
                CompletableFuture.supplyAsync(() -> rig.get("/v1/start-requests/r1/events"));
        Waits.until(
                "a proof is awaited",
                () -> json(rig.get("/v1/start-requests/r1")).getString("reason").equals("awaiting-proof"));
        rig.cell.provenByTime("h1", "h3");
        String stream = events.join().body();
        assertThat(events.join().headers().firstValue("Content-Type")).hasValue("text/event-stream");
        assertThat(stream).contains("event: verdict\ndata: {");
        assertThat(stream.indexOf("awaiting-proof")).isPositive().isLessThan(stream.indexOf("\"ALLOW\""));
    }

    @Test
    void decisionsAreListedNewestFirst() {
        rig.ask(body("r1"));
        rig.ask(body("r2"));
        JsonObject listed = json(rig.get("/v1/decisions?limit=5"));
        assertThat(listed.getJsonArray("decisions").getJsonObject(0).getString("reason"))
                .isEqualTo("permit-exists");
        assertThat(listed.getJsonArray("decisions").getJsonObject(1).getString("verdict"))
                .isEqualTo("ALLOW");
    }

    @Test
    void hostsAreShownWithWhoSeesThem() {
        Waits.until(
                "all agents were polled",
                () -> json(rig.get("/v1/hosts")).getString("verdict").equals("healthy"));
        JsonObject host = json(rig.get("/v1/hosts/h1"));
        assertThat(host.getString("state")).isEqualTo("joined");
        assertThat(host.getJsonArray("seenBy")
                        .getJsonObject(0)
                        .getJsonObject("planes")
                        .getLong("management"))
                .isNotNull();
        rig.cell.powerLoss("h1");
        Waits.until(
                "h1 is suspected",
                () -> json(rig.get("/v1/hosts/h1")).getString("state").equals("suspected"));
        assertThat(json(rig.get("/v1/hosts")).getString("verdict")).isEqualTo("degraded");
        assertThat(rig.get("/v1/hosts/h9").statusCode()).isEqualTo(404);
    }

    @Test
    void metricsCountDecisionsAndHttp() {
        rig.ask(body("r1"));
        // A request is counted when its answer has left, so the caller may be back before.
        Waits.until(
                "the request is counted",
                () -> rig.get("/metrics").body().contains("vertx_http_server_requests_total"));
        assertThat(rig.get("/metrics").body())
                .contains("quorumfence_gate_decisions_total{reason=\"host-says\",verdict=\"ALLOW\"} 1.0")
                .contains("quorumfence_agent_reachable{cell=\"lab1\",host=\"h1\"} 1.0")
                .contains("quorumfence_gate_requests_open 0.0");
    }

    @Test
    void healthIsOfTheCoordinatorNotOfHosts() {
        rig.cell.powerLoss("h1");
        HttpResponse<String> health = rig.get("/health");
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(json(health).getString("status")).isEqualTo("up");
        assertThat(json(health).getJsonObject("history").getString("state")).isEqualTo("ok");
    }
}
