package io.quorumfence.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.fake.Rig;
import io.quorumfence.coordinator.fake.Waits;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import io.quorumfence.record.RecordChange;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches and whole hosts, through HTTP in front of fake agents with a real cell record. */
class ManyStartsTest {
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

    private static VmId vm(int number) {
        return new VmId(new UUID(5, number));
    }

    private static JsonObject one(int number, int priority) {
        return new JsonObject()
                .put("vm", vm(number).toString())
                .put("lastHost", "h1")
                .put("destination", "h2")
                .put("requestId", "r" + number)
                .put("priority", priority);
    }

    private static JsonArray requests(int count) {
        JsonArray requests = new JsonArray();
        for (int i = 1; i <= count; i++) {
            requests.add(one(i, 0));
        }
        return requests;
    }

    private JsonObject post(String path, JsonObject body, int status) {
        HttpResponse<String> answer = rig.send(rig.url(), "POST", path, body.encode(), "application/json");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return new JsonObject(answer.body());
    }

    private JsonObject batch(JsonArray requests, String wait) {
        return post(
                "/v1/start-requests/batch",
                new JsonObject().put("requests", requests).put("wait", wait),
                207);
    }

    private static List<JsonObject> results(JsonObject answer) {
        List<JsonObject> results = new ArrayList<>();
        answer.getJsonArray("results").forEach(result -> results.add((JsonObject) result));
        return results;
    }

    /** The caller redeems the permit and the VM runs. */
    private void starts(JsonObject result) {
        JsonObject permit = result.getJsonObject("answer").getJsonObject("permit");
        VmId vm = VmId.of(permit.getString("vm"));
        rig.cell.apply(new RecordChange.RedeemPermit(
                permit.getLong("id"), vm, new HostId("h2"), rig.cell.agent("h2").life()));
        rig.cell.run("h2", vm);
    }

    @Test
    void everyRequestOfABatchHasItsOwnAnswerAndStatus() {
        rig.cell.run("h1", vm(2));
        JsonObject answer = batch(requests(3), "20s");
        assertThat(results(answer))
                .extracting(result -> result.getInteger("status"))
                .containsExactly(201, 409, 201);
        assertThat(answer.getJsonObject("counts").getMap())
                .containsEntry("ALLOW", 2)
                .containsEntry("REFUSE", 1);
        assertThat(results(answer).get(1).getJsonObject("answer").getString("code"))
                .isEqualTo("host-alive");
        assertThat(rig.get("/v1/start-requests/r3").statusCode()).isEqualTo(200);
    }

    @Test
    void theSameBatchAgainGetsTheSamePermits() {
        JsonObject first = batch(requests(5), "20s");
        JsonObject second = batch(requests(5), "20s");
        assertThat(results(second))
                .extracting(result -> permit(result))
                .isEqualTo(results(first).stream().map(ManyStartsTest::permit).toList());
        assertThat(rig.cell.record().permits()).hasSize(5);
    }

    private static Long permit(JsonObject result) {
        return result.getJsonObject("answer").getJsonObject("permit").getLong("id");
    }

    @Test
    void noMoreStartAtATimeThanTheThrottleAllowsAndEachStartLetsTheNextOneIn() {
        rig.cell.powerLoss("h1");
        rig.cell.provenByTime("h1", "h3");
        JsonArray requests = requests(24);
        requests.add(one(25, 9));
        JsonObject first = batch(requests, "2s");
        List<JsonObject> allowed = allowed(first);
        assertThat(allowed).hasSize(10);
        assertThat(allowed).extracting(result -> result.getString("id")).contains("r25");
        JsonObject waits = results(first).stream()
                .map(result -> result.getJsonObject("answer"))
                .filter(answer -> "throttled".equals(answer.getString("reason")))
                .findFirst()
                .orElseThrow();
        assertThat(waits.getInteger("place")).isBetween(1, 15);
        assertThat(waits.getString("awaiting")).contains("10 on host h2 (at most 10)");
        assertThat(open()).isEqualTo(10);
        allowed.subList(0, 4).forEach(this::starts);
        Waits.until("four more", () -> allowed(batch(requests, "1s")).size() == 14);
        allowed(batch(requests, "1s")).forEach(this::starts);
        Waits.until("ten more", () -> allowed(batch(requests, "1s")).size() == 24);
    }

    private long open() {
        return rig.cell.record().permits().stream()
                .filter(permit -> permit.stage() == PermitStage.GRANTED)
                .count();
    }

    private static List<JsonObject> allowed(JsonObject answer) {
        return results(answer).stream()
                .filter(result -> result.getInteger("status") == 201)
                .toList();
    }

    @Test
    void aBatchThatIsNotAsAgreedIsRefusedWithThePlaceOfTheFault() {
        JsonArray twice = new JsonArray().add(one(1, 0)).add(one(1, 0));
        assertThat(post("/v1/start-requests/batch", new JsonObject().put("requests", twice), 400)
                        .getString("detail"))
                .isEqualTo("requests[1]: request id r1 comes twice");
        JsonArray wrong = new JsonArray().add(one(1, 0)).add(one(2, 5_000));
        assertThat(post("/v1/start-requests/batch", new JsonObject().put("requests", wrong), 400)
                        .getString("detail"))
                .startsWith("requests[1]: field 'priority' must be a whole number from -1000 to 1000");
        assertThat(post("/v1/start-requests/batch", new JsonObject().put("requests", requests(501)), 400)
                        .getString("detail"))
                .contains("1 to 500");
    }

    @Test
    void allVmsOfALostHostAreAskedForByTheListInItsLastBeat() {
        for (int i = 1; i <= 6; i++) {
            rig.cell.run("h1", vm(i));
        }
        Waits.until("seen", () -> rig.get("/v1/hosts/h1").body().contains(vm(6).toString()));
        JsonObject to = new JsonObject()
                .put("destinations", new JsonArray().add("h2").add("h3"))
                .put("places", new JsonObject().put(vm(1).toString(), "h3"))
                .put("requestId", "lost-h1")
                .put("wait", "30s");
        assertThat(post("/v1/hosts/h1/evacuations", to, 409).getString("code")).isEqualTo("host-answers");
        rig.cell.powerLoss("h1");
        rig.cell.provenByTime("h1", "h3");
        Waits.until("silent", () -> rig.get("/v1/hosts/h1").body().contains("\"agent\":\"silent\""));
        JsonObject answer = post("/v1/hosts/h1/evacuations", to, 207);
        assertThat(answer.getJsonObject("counts").getMap()).containsOnly(java.util.Map.entry("ALLOW", 6));
        assertThat(results(answer))
                .filteredOn(result -> result.getString("id").equals("lost-h1." + vm(1)))
                .extracting(result ->
                        result.getJsonObject("answer").getJsonObject("permit").getString("destination"))
                .containsExactly("h3");
        JsonObject before = results(answer).get(0).getJsonObject("answer").getJsonObject("before");
        assertThat(before.getString("lastHost")).isEqualTo("h1");
        assertThat(before.getString("state")).isNotEqualTo("unknown");
        assertThat(post("/v1/hosts/h1/evacuations", to, 207).getJsonObject("counts"))
                .isEqualTo(answer.getJsonObject("counts"));
        assertThat(rig.cell.record().permits()).hasSize(6);
    }

    @Test
    void aHostThatIsAskedForMoreVmsThanItTakesAtOnceIsAskedForTheOthersLater() {
        JsonArray requests = requests(36);
        Waits.until("all have a verdict", () -> {
            List<JsonObject> allowed = allowed(batch(requests, "300ms"));
            allowed.forEach(this::startsOnce);
            return allowed.size() == 36;
        });
    }

    private void startsOnce(JsonObject result) {
        VmId vm = VmId.of(result.getJsonObject("answer").getJsonObject("permit").getString("vm"));
        if (!rig.cell.agent("h2").vms().contains(vm)) {
            starts(result);
        }
    }

    @Test
    void anAgentThatKnowsNoBatchesIsAskedOneByOne() {
        rig.cell.agents().forEach(agent -> agent.refusesBatches = true);
        assertThat(allowed(batch(requests(4), "20s"))).hasSize(4);
    }
}
