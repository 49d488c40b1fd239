package io.quorumfence.coordinator.api;

import io.quorumfence.coordinator.core.CellHealth;
import io.quorumfence.coordinator.core.CellView;
import io.quorumfence.coordinator.core.StartRequest;
import io.quorumfence.coordinator.shell.GateLoop;
import io.quorumfence.coordinator.shell.TurnedAway;
import io.quorumfence.coordinator.store.History;
import io.quorumfence.model.CellId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes. Belongs to the gate's loop: handlers read its state and hand asks to it, nothing more. */
public final class GateApi {
    private static final Logger LOG = LoggerFactory.getLogger(GateApi.class);
    private static final long BODY_MAX = 16 * 1024;
    /** 500 requests with their siblings. */
    private static final long BATCH_MAX = 512 * 1024;

    private static final int DECISIONS_MAX = 1_000;

    private final Vertx vertx;
    private final GateLoop gate;
    private final History history;
    private final Supplier<String> metrics;
    private final DecisionReply decisions;
    private final BatchReply batches;
    private final Evacuations evacuations;
    private final ApiDocument document;

    /**
     * @param metrics the Prometheus text of now
     * @param document the contract, read beforehand: reading it takes too long for an event loop
     */
    public GateApi(Vertx vertx, GateLoop gate, History history, Supplier<String> metrics, ApiDocument document) {
        this.document = document;
        this.vertx = vertx;
        this.gate = gate;
        this.history = history;
        this.metrics = metrics;
        decisions = new DecisionReply(gate);
        batches = new BatchReply(gate, decisions);
        evacuations = new Evacuations(batches);
    }

    public Router router() {
        Router router = Router.router(vertx);
        router.post("/v1/start-requests")
                .consumes("application/json")
                .handler(BodyHandler.create(false).setBodyLimit(BODY_MAX))
                .handler(this::ask);
        router.post("/v1/start-requests/batch")
                .consumes("application/json")
                .handler(BodyHandler.create(false).setBodyLimit(BATCH_MAX))
                .handler(this::askMany);
        router.get("/v1/start-requests/:id").handler(this::look);
        router.delete("/v1/start-requests/:id").handler(this::cancel);
        router.get("/v1/start-requests/:id/events")
                .handler(request -> EventFeed.serve(request, vertx, gate, decisions));
        router.get("/v1/hosts").handler(this::hosts);
        router.get("/v1/hosts/:host").handler(this::host);
        router.post("/v1/hosts/:host/release")
                .consumes("application/json")
                .handler(BodyHandler.create(false).setBodyLimit(BODY_MAX))
                .handler(this::release);
        router.post("/v1/hosts/:host/evacuations")
                .consumes("application/json")
                .handler(BodyHandler.create(false).setBodyLimit(BATCH_MAX))
                .handler(this::evacuate);
        router.post("/v1/hosts/:host/confirm-dead")
                .consumes("application/json")
                .handler(BodyHandler.create(false).setBodyLimit(BODY_MAX))
                .handler(this::confirmDead);
        router.get("/v1/vms/classes").handler(request -> VmClasses.list(request, gate));
        router.post("/v1/vms/:vm/class")
                .consumes("application/json")
                .handler(BodyHandler.create(false).setBodyLimit(BODY_MAX))
                .handler(request -> VmClasses.change(request, gate));
        router.get("/v1/decisions").handler(this::decisions);
        router.get("/health").handler(this::health);
        router.get("/metrics").handler(request -> text(request, "text/plain; version=0.0.4", metrics.get()));
        router.get("/openapi.yaml").handler(request -> text(request, "application/yaml", document.yaml()));
        router.get("/openapi.json").handler(request -> text(request, "application/json", document.json()));
        for (int status : new int[] {400, 404, 405, 406, 413, 415}) {
            router.errorHandler(status, request -> Reply.ofStatus(status).send(request));
        }
        router.errorHandler(500, request -> {
            LOG.error("{} {} failed", request.request().method(), request.normalizedPath(), request.failure());
            Reply.ofStatus(500).send(request);
        });
        return router;
    }

    private void ask(RoutingContext request) {
        StartRequestBody body;
        try {
            body = StartRequestBody.read(bytes(request));
        } catch (BadBody e) {
            Reply.badRequest(String.valueOf(e.getMessage())).send(request);
            return;
        }
        String id = body.requestId() == null ? UUID.randomUUID().toString() : body.requestId();
        answer(request, gate.ask(id, body.question(), body.waitMs()), decisions::toAsk);
    }

    private static byte[] bytes(RoutingContext request) {
        return request.body().buffer() == null
                ? new byte[0]
                : request.body().buffer().getBytes();
    }

    private void askMany(RoutingContext request) {
        try {
            BatchBody body = BatchBody.read(bytes(request));
            batches.ask(
                    request,
                    body.requests().stream()
                            .map(one -> String.valueOf(one.requestId()))
                            .toList(),
                    body.requests().stream().map(StartRequestBody::question).toList(),
                    body.waitMs(),
                    new JsonObject());
        } catch (BadBody e) {
            Reply.badRequest(String.valueOf(e.getMessage())).send(request);
        }
    }

    private void evacuate(RoutingContext request) {
        OneHost.of(request, gate).ifPresent(one -> evacuations.ask(request, one, bytes(request)));
    }

    private void look(RoutingContext request) {
        String id = request.pathParam("id");
        if (gate.request(id).isEmpty()) {
            unknown(id).send(request);
            return;
        }
        List<String> wait = request.queryParam("wait");
        try {
            long waitMs = wait.isEmpty() ? 0 : StartRequestBody.waitMs(wait.get(0));
            Future<StartRequest> found =
                    waitMs == 0 ? Future.succeededFuture(gate.request(id).orElseThrow()) : gate.follow(id, waitMs);
            answer(request, found, decisions::toLook);
        } catch (BadBody e) {
            Reply.badRequest(String.valueOf(e.getMessage())).send(request);
        }
    }

    private void cancel(RoutingContext request) {
        answer(request, gate.cancel(request.pathParam("id")), decisions::toCancel);
    }

    private static void answer(RoutingContext request, Future<StartRequest> found, Function<StartRequest, Reply> form) {
        found.onSuccess(answer -> form.apply(answer).send(request)).onFailure(why -> {
            if (why instanceof TurnedAway away) {
                turnedAway(away).send(request);
            } else {
                request.fail(why);
            }
        });
    }

    static Reply turnedAway(TurnedAway away) {
        String text = String.valueOf(away.getMessage());
        if (away.code().equals("unknown-request")) {
            return Reply.problem(404, away.code(), "No such request", text, false);
        }
        return Reply.problem(
                away.isRetryable() ? 503 : 409,
                away.code(),
                "Not carried out; nothing was changed",
                text,
                away.isRetryable());
    }

    static Reply unknown(String id) {
        String shown = StartRequestBody.isRequestId(id) ? id : "of this form";
        return Reply.problem(404, "unknown-request", "No such request", "no request has id " + shown, false);
    }

    private void hosts(RoutingContext request) {
        JsonArray cells = new JsonArray();
        CellHealth.Level worst = CellHealth.Level.HEALTHY;
        for (CellId id : gate.state().cells().keySet()) {
            CellView view = Records.view(gate, id).orElseThrow();
            CellHealth.Level level = CellHealth.of(view).level();
            worst = level.compareTo(worst) > 0 ? level : worst;
            cells.add(HostsJson.cell(view));
        }
        Reply.json(
                        200,
                        new JsonObject()
                                .put("verdict", worst.name().toLowerCase(Locale.ROOT))
                                .put("cells", cells))
                .send(request);
    }

    private void host(RoutingContext request) {
        OneHost.of(request, gate)
                .ifPresent(one ->
                        Reply.json(200, HostsJson.host(one.host(), one.view())).send(request));
    }

    private void confirmDead(RoutingContext request) {
        OneHost.of(request, gate).ifPresent(one -> ConfirmDead.tell(request, gate, one, bytes(request)));
    }

    private void release(RoutingContext request) {
        OneHost.of(request, gate).ifPresent(one -> OneHost.release(request, gate, one));
    }

    private void decisions(RoutingContext request) {
        List<String> limits = request.queryParam("limit");
        String limit = limits.isEmpty() ? "50" : limits.get(0);
        if (!limit.matches("[1-9][0-9]{0,3}") || Integer.parseInt(limit) > DECISIONS_MAX) {
            Reply.badRequest("limit must be a whole number from 1 to " + DECISIONS_MAX)
                    .send(request);
            return;
        }
        history.latest(Integer.parseInt(limit))
                .onSuccess(rows -> Reply.json(200, new JsonObject().put("decisions", new JsonArray(rows)))
                        .send(request))
                .onFailure(why -> Reply.problem(
                                503,
                                "history-unavailable",
                                "The history does not answer",
                                "the history's disk does not answer; decisions go on without it",
                                true)
                        .send(request));
    }

    private void health(RoutingContext request) {
        JsonArray cells = new JsonArray();
        gate.state().cells().keySet().forEach(id -> {
            CellView view = Records.view(gate, id).orElseThrow();
            long answering = view.hosts().stream()
                    .filter(host -> view.recent(host).isPresent())
                    .count();
            cells.add(new JsonObject()
                    .put("cell", id.value())
                    .put("agents", view.state().agents().size())
                    .put("answering", answering));
        });
        History.Health health = history.health();
        JsonObject body = new JsonObject()
                .put("status", gate.isStopped() ? "stopped" : "up")
                .put("cells", cells)
                .put(
                        "history",
                        new JsonObject()
                                .put("state", health.isWell() ? "ok" : "failing")
                                .put("trouble", health.trouble())
                                .put("queued", health.queued())
                                .put("lost", health.lost()));
        Reply.json(gate.isStopped() ? 503 : 200, body).send(request);
    }

    private static void text(RoutingContext request, String type, String body) {
        request.response()
                .putHeader("Content-Type", type)
                .putHeader("Cache-Control", "no-store")
                .end(body);
    }

    /** Every route, as method and path, for the test that compares them with the contract. */
    static List<String> routes(Router router) {
        return router.getRoutes().stream()
                .filter(route -> route.getPath() != null && route.methods() != null)
                .flatMap(route -> route.methods().stream().map(method -> name(method, route.getPath())))
                .sorted()
                .toList();
    }

    private static String name(HttpMethod method, String path) {
        return method + " " + path.replaceAll(":([a-z]+)", "{$1}");
    }
}
