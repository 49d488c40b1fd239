package io.quorumfence.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Opinion;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.PromiseAnswer;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.record.PermitBasis;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentApiTest {
    @RegisterExtension
    final ApiBench bench = new ApiBench();

    private static final String VM = "00000000-0000-0001-0000-000000000002";
    private static final Incarnation LIFE = new Incarnation(4, new UUID(8, 9));
    private static final JsonObject GRANT = new JsonObject()
            .put("requestId", "r-1")
            .put("vm", VM)
            .put("lastHost", "h3")
            .put("destination", "h1")
            .put("basis", new JsonObject().put("kind", "claim").put("token", 12))
            .put("ttlMs", 60_000);

    @Test
    void theReadOnlyPagesAnswerEveryCertificateOfTheCell() throws Exception {
        assertThat(bench.get("prometheus", "/health").json().getString("status"))
                .isEqualTo("up");
        assertThat(bench.get("prometheus", "/v1/status").json().getString("host"))
                .isEqualTo("h1");
        assertThat(bench.get("prometheus", "/metrics").text()).isEqualTo("quorumfence_up 1\n");
    }

    @Test
    void aGrantBecomesAnObservationAndItsReplyThePermit() throws Exception {
        bench.onRequest(
                asked -> bench.api().accept(new ReplyCommand.ReplyPermit(asked.reply(), permit(PermitStage.GRANTED))));

        ApiBench.Reply reply = bench.post("coordinator-2", "/v1/permits", GRANT);

        assertThat(bench.seen())
                .isEqualTo(new RequestObservation.GrantAsked(
                        new ReplyId(1),
                        "r-1",
                        VmId.of(VM),
                        new HostId("h3"),
                        new HostId("h1"),
                        new PermitBasis.ProvenClaim(new FenceToken(12)),
                        60_000));
        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.json().getJsonObject("permit"))
                .isEqualTo(new JsonObject()
                        .put("id", 77)
                        .put("requestId", "r-1")
                        .put("vm", VM)
                        .put("lastHost", "h3")
                        .put("destination", "h1")
                        .put("destinationCounter", 4)
                        .put("destinationBootId", LIFE.bootId().toString())
                        .put("stage", "GRANTED")
                        .put("rung", "time")
                        .put("ttlMs", 60_000)
                        .put("claim", 12));
    }

    @Test
    void manyPermitsInOneCallAreAnsweredEachInTheirOrder() throws Exception {
        bench.onRequest(asked -> bench.api()
                .accept(
                        ((RequestObservation.GrantAsked) asked).requestId().equals("r-2")
                                ? new ReplyCommand.ReplyRefused(asked.reply(), "permit-exists", "no", false)
                                : new ReplyCommand.ReplyPermit(asked.reply(), permit(PermitStage.GRANTED))));
        JsonArray permits = new JsonArray()
                .add(GRANT)
                .add(GRANT.copy().put("requestId", "r-2"))
                .add(GRANT.copy().put("vm", "web"))
                .add(GRANT.copy().put("requestId", "r-4"));

        ApiBench.Reply reply = bench.post("coordinator", "/v1/permits/batch", new JsonObject().put("permits", permits));

        assertThat(reply.status()).isEqualTo(200);
        JsonArray results = reply.json().getJsonArray("results");
        assertThat(results.stream().map(result -> ((JsonObject) result).getInteger("status")))
                .containsExactly(201, 409, 400, 201);
        assertThat(bench.post("coordinator", "/v1/permits/batch", new JsonObject().put("permits", new JsonArray()))
                        .problem())
                .startsWith("bad-request: field 'permits' must be a list of 1 to 128 objects");
        assertThat(bench.post("prometheus", "/v1/permits/batch", new JsonObject())
                        .status())
                .isEqualTo(403);
    }

    @Test
    void anOperatorsWordNamesTheHostTwiceAndItsWholeLife() throws Exception {
        bench.onRequest(
                asked -> bench.api().accept(new ReplyCommand.ReplyConfirmed(asked.reply(), new HostId("h3"), LIFE)));
        JsonObject word = new JsonObject()
                .put("host", "h3")
                .put("counter", 4)
                .put("bootId", LIFE.bootId().toString())
                .put("by", "ops")
                .put("why", "no power")
                .put("overrideStorm", true);

        ApiBench.Reply reply = bench.post("coordinator", "/v1/hosts/h3/confirm-dead", word);

        assertThat(reply.status()).isEqualTo(202);
        assertThat(bench.seen())
                .isEqualTo(new RequestObservation.ConfirmDeadAsked(
                        new ReplyId(1), "coordinator", "ops", "no power", new HostId("h3"), LIFE, true));
        assertThat(bench.post("coordinator", "/v1/hosts/h2/confirm-dead", word).problem())
                .startsWith("bad-request: field 'host' must repeat the host of the path, h2");
        assertThat(bench.post("prometheus", "/v1/hosts/h3/confirm-dead", word).status())
                .isEqualTo(403);
    }

    @Test
    void theSwitchIsForTheGateAndSaysWhatIsInForce() throws Exception {
        bench.onRequest(asked -> bench.api()
                .accept(new ReplyCommand.ReplyReaction(asked.reply(), false, SelfFenceAction.DISARMED, true)));
        JsonObject off = new JsonObject().put("on", false).put("by", "ops");

        ApiBench.Reply reply = bench.post("coordinator", "/v1/reaction", off);

        assertThat(bench.seen()).isEqualTo(new RequestObservation.ReactionAsked(new ReplyId(1), false, "ops"));
        assertThat(reply.json())
                .isEqualTo(new JsonObject()
                        .put("on", false)
                        .put("inForce", "disarmed")
                        .put("owed", true));
        assertThat(bench.post("prometheus", "/v1/reaction", off).status()).isEqualTo(403);
        assertThat(bench.post("coordinator", "/v1/reaction", new JsonObject().put("on", "no"))
                        .problem())
                .isEqualTo("bad-request: field 'on' must be true or false, not 'no'");
    }

    @Test
    void aHostsOwnWordIsABasisOnlyWithItsWholeLife() throws Exception {
        JsonObject basis =
                new JsonObject().put("kind", "host-says").put("host", "h3").put("counter", 4);
        assertThat(bench.post("coordinator", "/v1/permits", GRANT.copy().put("basis", basis))
                        .problem())
                .isEqualTo("bad-request: field 'basis.bootId' is missing");

        bench.onRequest(
                asked -> bench.api().accept(new ReplyCommand.ReplyPermit(asked.reply(), permit(PermitStage.GRANTED))));
        basis.put("bootId", LIFE.bootId().toString());
        assertThat(bench.post("coordinator", "/v1/permits", GRANT.copy().put("basis", basis))
                        .status())
                .isEqualTo(201);
        assertThat(((RequestObservation.GrantAsked) bench.seen()).basis())
                .isEqualTo(new PermitBasis.HostSays(new HostId("h3"), LIFE, Rung.HOST_SAYS));
    }

    @Test
    void redeemAndEndAnswerWithTheChangedPermit() throws Exception {
        bench.onRequest(
                asked -> bench.api().accept(new ReplyCommand.ReplyPermit(asked.reply(), permit(PermitStage.REDEEMED))));
        ApiBench.Reply redeemed = bench.post("coordinator", "/v1/permits/77/redeem", new JsonObject().put("vm", VM));
        assertThat(bench.seen()).isEqualTo(new RequestObservation.RedeemAsked(new ReplyId(1), 77, VmId.of(VM)));
        assertThat(redeemed.status()).isEqualTo(200);

        ApiBench.Reply ended =
                bench.post("h2", "/v1/permits/77/end", new JsonObject().put("reason", "started elsewhere"));
        assertThat(bench.seen()).isEqualTo(new RequestObservation.EndAsked(new ReplyId(2), 77));
        assertThat(ended.json().getJsonObject("permit").getString("stage")).isEqualTo("REDEEMED");
    }

    @ParameterizedTest
    @CsvSource({"ABSENT, absent, true", "PRESENT, present, false", "UNKNOWN, unknown, false"})
    void aHostSaysWhetherTheVmIsAbsent(ReplyCommand.Absence said, String answer, boolean barrier) throws Exception {
        bench.onRequest(asked -> bench.api()
                .accept(new ReplyCommand.ReplyAbsence(
                        asked.reply(), VmId.of(VM), new HostId("h1"), LIFE, said, "as listed")));

        ApiBench.Reply reply =
                bench.post("coordinator", "/v1/vms/" + VM + "/absence", new JsonObject().put("requestId", "r"));

        assertThat(reply.json())
                .isEqualTo(new JsonObject()
                        .put("vm", VM)
                        .put("host", "h1")
                        .put("counter", 4)
                        .put("bootId", LIFE.bootId().toString())
                        .put("answer", answer)
                        .put("reason", "as listed")
                        .put("barrier", barrier));
    }

    @Test
    void aRefusalIsAConflictUnlessItMaySucceedByItself() throws Exception {
        bench.onRequest(asked -> bench.api()
                .accept(new ReplyCommand.ReplyRefused(asked.reply(), "permit-exists", "permit 3 is open", false)));
        ApiBench.Reply refused = bench.post("coordinator", "/v1/permits", GRANT);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.contentType()).isEqualTo("application/problem+json");
        assertThat(refused.json().getString("type")).isEqualTo("https://quorumfence.io/problems/permit-exists");
        assertThat(refused.problem()).isEqualTo("permit-exists: permit 3 is open");

        bench.onRequest(asked -> bench.api()
                .accept(new ReplyCommand.ReplyRefused(asked.reply(), "no-majority", "storages are silent", true)));
        assertThat(bench.post("coordinator", "/v1/permits", GRANT).status()).isEqualTo(503);
    }

    @Test
    void silenceOfTheCoreIsARetryableProblemAndALateReplyIsDropped() throws Exception {
        ApiBench.Reply reply = bench.post("coordinator", "/v1/permits", GRANT);
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.json().getString("code")).isEqualTo("no-answer-in-time");
        assertThat(reply.json().getBoolean("retryable")).isTrue();

        bench.api().accept(new ReplyCommand.ReplyPermit(bench.seen().reply(), permit(PermitStage.GRANTED)));
        bench.onRequest(asked -> bench.api().accept(new ReplyCommand.ReplyRecord(asked.reply(), 31)));
        assertThat(bench.get("coordinator", "/v1/record").json().getLong("version"))
                .isEqualTo(31);
    }

    @Test
    void peersAreAskedUnderTheNameOfTheirCertificate() throws Exception {
        PeerJson.OpinionQuestion opinion = new PeerJson.OpinionQuestion(new HostId("h3"), LIFE);
        bench.onRequest(asked -> bench.api().accept(new ReplyCommand.ReplyOpinion(asked.reply(), Opinion.SEEN)));
        ApiBench.Reply said = bench.post("h2", PeerJson.OPINION_PATH, PeerJson.encode(opinion));
        assertThat(bench.seen())
                .isEqualTo(
                        new RequestObservation.OpinionAsked(new ReplyId(1), new HostId("h2"), new HostId("h3"), LIFE));
        assertThat(PeerJson.opinion(opinion, said.json())).isEqualTo(Opinion.SEEN);

        PeerJson.PromiseQuestion promise = new PeerJson.PromiseQuestion(claim(), 17);
        PromiseAnswer answer = new PromiseAnswer(PromiseAnswer.Kind.PROMISED, 5, Optional.empty(), 0);
        bench.onRequest(asked -> bench.api().accept(new ReplyCommand.ReplyPromise(asked.reply(), answer)));
        ApiBench.Reply promised = bench.post("h2", PeerJson.PROMISE_PATH, PeerJson.encode(promise));
        assertThat(bench.seen())
                .isEqualTo(new RequestObservation.PromiseAsked(new ReplyId(2), new HostId("h2"), claim(), 17));
        assertThat(PeerJson.promiseAnswer(promise, promised.json())).isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource({
        "coordinator, /v1/peer/opinion",
        "coordinator, /v1/peer/promise",
        "prometheus,  /v1/peer/opinion",
        "prometheus,  /v1/permits",
        "prometheus,  /v1/permits/1/redeem",
        "two-names,   /v1/permits"
    })
    void whoMayNotAskIsForbiddenAndTheCoreHearsNothing(String who, String path) throws Exception {
        ApiBench.Reply reply = bench.post(who, path, GRANT);
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.json().getString("code")).isEqualTo("forbidden");
        assertThat(bench.requests()).isEmpty();
    }

    @Test
    void aPeerOfAnotherVersionGetsOneClearLine() throws Exception {
        ApiBench.Reply reply = bench.post(
                "h2", PeerJson.PROMISE_PATH, new JsonObject().put("v", 2).put("anything", true));
        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.problem())
                .isEqualTo("version-mismatch: this agent speaks version 1 of the calls between agents, "
                        + "the caller 2; bring both to one release");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/v1/permits | {'vm':1} | field 'requestId' is missing",
                "/v1/permits | {'requestId':'a b'} | "
                        + "field 'requestId' must be printable ASCII without blanks, not 'a b'",
                "/v1/permits | {'requestId':'r','vm':'1-2-3-4-5'} | field 'vm' must be a UUID, not '1-2-3-4-5'",
                "/v1/permits | {'requestID':'r'} | field 'requestID' is not known here",
                "/v1/permits | [] | the body is not a JSON object",
                "/v1/permits | {'requestId' | the body is not a JSON object",
                "/v1/permits | {} {} | the body is not a JSON object",
                "/v1/permits/1/redeem | {} | field 'vm' is missing",
                "/v1/permits/x/end | {'reason':'no'} | the permit in the path must be a positive whole number",
                "/v1/vms/x/absence | {} | the VM in the path must be a UUID",
                "/v1/peer/opinion | {} | field 'v' is missing",
                "/v1/peer/opinion | {'v':1,'suspect':'no host'} | field 'suspect' must be a host id, not 'no host'"
            })
    void aFaultyRequestIsToldItsFaultInOneLine(String path, String body, String detail) throws Exception {
        ApiBench.Reply reply =
                bench.send("h2", HttpMethod.POST, path, "application/json", Buffer.buffer(body.replace('\'', '"')));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.problem()).isEqualTo("bad-request: " + detail);
        assertThat(bench.requests()).isEmpty();
    }

    @Test
    void theRoutersOwnRefusalsAreProblemsToo() throws Exception {
        assertThat(bench.get("h2", "/v1/nothing").problem()).startsWith("not-found");
        ApiBench.Reply wrongMethod = bench.get("h2", "/v1/permits");
        assertThat(wrongMethod.problem()).startsWith("method-not-allowed");
        assertThat(wrongMethod.header("Allow")).isEqualTo("POST");
        ApiBench.Reply wrongType = bench.send("h2", HttpMethod.POST, "/v1/permits", "text/plain", Buffer.buffer("{}"));
        assertThat(wrongType.problem()).startsWith("unsupported-media-type");
        ApiBench.Reply tooLarge = bench.send(
                "h2",
                HttpMethod.POST,
                "/v1/permits",
                "application/json",
                Buffer.buffer("{\"x\":\"" + "y".repeat(65 * 1024) + "\"}"));
        assertThat(tooLarge.status()).isEqualTo(413);
        assertThat(tooLarge.problem()).startsWith("body-too-large");
    }

    @Test
    void aCallerWithoutACertificateOfTheCellIsTurnedAwayByTls() throws Exception {
        assertThat(bench.failureOf(bench.anonymous())).isNotNull();
        assertThat(bench.failureOf(bench.clientOf(bench.otherAuthority()))).isNotNull();
    }

    @Test
    void aPortThatIsStillTakenIsServedOnceItIsFree() throws Exception {
        int taken;
        AgentApi late;
        try (ServerSocket predecessor = new ServerSocket()) {
            predecessor.bind(new InetSocketAddress("127.0.0.1", 0));
            taken = predecessor.getLocalPort();
            late = bench.deployed(taken);
            assertThat(late.bound().isComplete()).isFalse();
        }
        late.bound().await(10, TimeUnit.SECONDS);
    }

    private static Permit permit(PermitStage stage) {
        return new Permit(
                77,
                "r-1",
                VmId.of(VM),
                new HostId("h3"),
                new HostId("h1"),
                LIFE,
                stage,
                Rung.TIME,
                Optional.of(new FenceToken(12)),
                60_000);
    }

    private static Claim claim() {
        return new Claim(
                new FenceToken(41),
                new HostId("h3"),
                LIFE,
                new HostId("h2"),
                new Incarnation(2, new UUID(5, 6)),
                ClaimStage.CLAIMED,
                Optional.empty());
    }
}
