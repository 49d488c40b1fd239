package io.quorumfence.coordinator.api;

import io.quorumfence.coordinator.agents.ReleaseAnswer;
import io.quorumfence.coordinator.core.CellView;
import io.quorumfence.coordinator.shell.GateLoop;
import io.quorumfence.model.HostId;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The host that a path names, in its cell. */
record OneHost(HostId host, CellView view) {
    private static final int TEXT_MAX = 200;

    /** Empty when the request was answered already: no such host, or in several cells. */
    static Optional<OneHost> of(RoutingContext request, GateLoop gate) {
        HostId host;
        try {
            host = new HostId(request.pathParam("host"));
        } catch (IllegalArgumentException e) {
            Reply.badRequest(String.valueOf(e.getMessage())).send(request);
            return Optional.empty();
        }
        List<String> named = request.queryParam("cell");
        List<CellView> views = gate.state().cells().keySet().stream()
                .filter(cell -> named.isEmpty() || named.contains(cell.value()))
                .flatMap(cell -> Records.view(gate, cell).stream())
                .filter(view -> view.hosts().contains(host))
                .toList();
        if (views.size() == 1) {
            return Optional.of(new OneHost(host, views.get(0)));
        }
        Reply refusal = views.isEmpty()
                ? Reply.problem(404, "unknown-host", "No such host", "no cell here has host " + host, false)
                : Reply.badRequest("host " + host + " is in several cells; add ?cell=");
        refusal.send(request);
        return Optional.empty();
    }

    /** {@code {"by": who, "why": text}}: lets the host's agent have an operator's word. */
    static void release(RoutingContext request, GateLoop gate, OneHost one) {
        String by;
        String why;
        try {
            JsonObject body = request.body().asJsonObject();
            if (body == null || !Set.of("by", "why").containsAll(body.fieldNames())) {
                throw new BadBody("the body must be {\"by\": who releases it, \"why\": the reason}");
            }
            by = text(body, "by");
            why = text(body, "why");
        } catch (BadBody e) {
            Reply.badRequest(String.valueOf(e.getMessage())).send(request);
            return;
        } catch (DecodeException | ClassCastException e) {
            Reply.badRequest("the body is not a JSON object").send(request);
            return;
        }
        gate.release(one.view().state().cell(), one.host(), by, why)
                .onSuccess(answer -> form(one.host(), answer).send(request))
                .onFailure(request::fail);
    }

    private static Reply form(HostId host, ReleaseAnswer answer) {
        return answer.isDone()
                ? Reply.json(200, new JsonObject().put("host", host.value()).put("released", true))
                : Reply.problem(
                        answer.status(), answer.code(), "Not released", answer.detail(), answer.status() == 503);
    }

    static String text(JsonObject body, String name) throws BadBody {
        String text = body.getValue(name) instanceof String said ? said.strip() : "";
        if (text.isEmpty() || text.length() > TEXT_MAX || text.chars().anyMatch(Character::isISOControl)) {
            throw new BadBody(name + " must be one line of 1 to " + TEXT_MAX + " characters");
        }
        return text;
    }
}
