package io.quorumfence.coordinator.fake;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.record.ChangeResult;
import io.quorumfence.record.PermitBasis;
import io.quorumfence.record.RecordChange;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.UUID;

/** FAKE. The agents' routes, as the contract has them. */
final class FakeAnswers {
    private FakeAnswers() {}

    static void answer(FakeAgent agent, FakeCell cell, HttpServerRequest request, JsonObject body) {
        String path = request.path();
        if (request.method().equals(HttpMethod.GET) && path.equals("/v1/status")) {
            send(request, 200, agent.statusEdit.apply(FakeStatus.of(agent, cell)));
        } else if (path.matches("/v1/vms/[^/]+/absence")) {
            send(request, 200, absence(agent, VmId.of(part(path))));
        } else if (path.matches("/v1/hosts/[^/]+/confirm-dead")) {
            agent.words.add(body);
            cell.provenByOperator(part(path), agent.host().value(), body.getString("by"), body.getString("why"));
            send(request, 202, new JsonObject());
        } else if (path.matches("/v1/vms/[^/]+/class")) {
            agent.words.add(body);
            boolean ignore = body.getString("class").equals("ignore");
            JsonArray awaited = ignore ? new JsonArray() : new JsonArray().add("h3");
            send(
                    request,
                    200,
                    new JsonObject()
                            .put("vm", part(path))
                            .put("class", ignore ? "ignore" : "leaving")
                            .put("awaited", awaited));
        } else if (path.equals("/v1/permits")) {
            Granted one = grant(cell, body);
            send(request, one.status(), one.body());
        } else if (path.equals("/v1/permits/batch") && !agent.refusesBatches) {
            JsonArray results = new JsonArray();
            for (Object permit : body.getJsonArray("permits")) {
                Granted one = grant(cell, (JsonObject) permit);
                results.add(new JsonObject().put("status", one.status()).put("body", one.body()));
            }
            send(request, 200, new JsonObject().put("results", results));
        } else if (path.matches("/v1/permits/[0-9]+/redeem")) {
            long id = Long.parseLong(part(path));
            decide(
                    cell,
                    request,
                    new RecordChange.RedeemPermit(id, VmId.of(body.getString("vm")), agent.host(), agent.life()),
                    id);
        } else if (path.matches("/v1/permits/[0-9]+/end")) {
            long id = Long.parseLong(part(path));
            decide(cell, request, new RecordChange.EndPermit(id, false), id);
        } else {
            problem(request, 404, "not-found", "this agent does not serve the path");
        }
    }

    /** What stands between the second and the third slash after v1. */
    private static String part(String path) {
        int from = path.indexOf('/', "/v1/".length()) + 1;
        return path.substring(from, path.indexOf('/', from));
    }

    private static JsonObject absence(FakeAgent agent, VmId vm) {
        String answer = agent.answer.isEmpty() ? (agent.vms().contains(vm) ? "present" : "absent") : agent.answer;
        return new JsonObject()
                .put("vm", vm.toString())
                .put("host", agent.host().value())
                .put("counter", agent.life().counter())
                .put("bootId", agent.life().bootId().toString())
                .put("answer", answer)
                .put("reason", "the fake says so")
                .put("barrier", answer.equals("absent"));
    }

    private record Granted(int status, JsonObject body) {}

    private static Granted grant(FakeCell cell, JsonObject body) {
        String id = body.getString("requestId");
        VmId vm = VmId.of(body.getString("vm"));
        ChangeResult result = cell.apply(new RecordChange.GrantPermit(
                id,
                vm,
                new HostId(body.getString("lastHost")),
                new HostId(body.getString("destination")),
                basis(body.getJsonObject("basis")),
                body.getLong("ttlMs")));
        if (result instanceof ChangeResult.Rejected no) {
            return new Granted(409, problem(409, no.code(), no.detail()));
        }
        Optional<Permit> permit = cell.record().permits().stream()
                .filter(known -> known.requestId().equals(id) && known.vm().equals(vm))
                .findFirst();
        return new Granted(201, new JsonObject().put("permit", FakeStatus.permit(permit.orElseThrow())));
    }

    private static PermitBasis basis(JsonObject json) {
        if (json.getString("kind").equals("claim")) {
            return new PermitBasis.ProvenClaim(new FenceToken(json.getLong("token")));
        }
        return new PermitBasis.HostSays(
                new HostId(json.getString("host")),
                new Incarnation(json.getLong("counter"), UUID.fromString(json.getString("bootId"))),
                Rung.ofCode(json.getString("rung")));
    }

    private static void decide(FakeCell cell, HttpServerRequest request, RecordChange change, long permit) {
        if (cell.apply(change) instanceof ChangeResult.Rejected no) {
            problem(request, 409, no.code(), no.detail());
        } else {
            JsonObject shown = FakeStatus.permit(cell.record().permit(permit).orElseThrow());
            send(request, 200, new JsonObject().put("permit", shown));
        }
    }

    private static void problem(HttpServerRequest request, int status, String code, String detail) {
        send(request, status, problem(status, code, detail));
    }

    private static JsonObject problem(int status, String code, String detail) {
        return new JsonObject()
                .put("type", "https://quorumfence.io/problems/" + code)
                .put("title", "no")
                .put("status", status)
                .put("code", code)
                .put("detail", detail)
                .put("retryable", status == 503);
    }

    private static void send(HttpServerRequest request, int status, JsonObject body) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", status < 300 ? "application/json" : "application/problem+json")
                .end(body.toBuffer());
    }
}
