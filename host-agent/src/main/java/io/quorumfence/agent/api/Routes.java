package io.quorumfence.agent.api;

import io.quorumfence.agent.api.Caller.Right;
import io.quorumfence.model.HostId;
import io.quorumfence.model.observation.RequestObservation;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may call what, and where it goes. Belongs to one event loop. */
final class Routes {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    static final long BODY_MAX = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);
    private static final int[] ROUTER_STATUSES = {400, 404, 405, 406, 413, 415, 500};

    private final Vertx vertx;
    private final ApiSettings settings;
    private final ApiSources sources;
    private final Waiting waiting;
    /** Every path has one method: what is not read is posted. */
    private final Set<String> gets = new HashSet<>();

    Routes(Vertx vertx, ApiSettings settings, ApiSources sources, Waiting waiting) {
        this.vertx = vertx;
        this.settings = settings;
        this.sources = sources;
        this.waiting = waiting;
    }

    Router router() {
        Router router = Router.router(vertx);
        reads(router);
        gateCalls(router);
        peerCalls(router);
        for (int status : ROUTER_STATUSES) {
            router.errorHandler(status, request -> failed(request, status));
        }
        return router;
    }

    private void reads(Router router) {
        get(
                router,
                "/health",
                Right.READ,
                request -> Replies.send(request, Answer.ok(sources.health().get())));
        get(
                router,
                "/v1/status",
                Right.READ,
                request ->
                        made(request, Answer.JSON, () -> sources.status().get().toBuffer()));
        get(
                router,
                "/metrics",
                Right.READ,
                request -> made(
                        request,
                        PROMETHEUS,
                        () -> Buffer.buffer(sources.scrape().get())));
        get(
                router,
                "/v1/record",
                Right.GATE,
                request -> waiting.ask(
                        request, settings.gateDeadline(), RequestObservation.RecordAsked::new, GateCalls::record));
    }

    private void gateCalls(Router router) {
        gate(router, "/v1/reaction", GateRoute.REACTION);
        gate(router, "/v1/vms/:vm/absence", GateRoute.ABSENCE);
        gate(router, "/v1/permits", GateRoute.GRANT);
        post(router, "/v1/permits/batch", Right.GATE, this::grantMany);
        gate(router, "/v1/permits/:permit/redeem", GateRoute.REDEEM);
        gate(router, "/v1/permits/:permit/end", GateRoute.END);
        gate(router, "/v1/release", GateRoute.RELEASE);
        gate(router, "/v1/hosts/:host/confirm-dead", GateRoute.CONFIRM_DEAD);
        gate(router, "/v1/vms/:vm/class", GateRoute.VM_CLASS);
    }

    /** Many permits in one call, so that they reach the record in one version. */
    private void grantMany(RoutingContext request, JsonObject body) {
        try {
            waiting.askAll(
                    request,
                    settings.gateDeadline(),
                    GateCalls.grants(body),
                    GateRoute.GRANT::rendering,
                    (place, answer) -> GateTrace.log(
                            settings.self(),
                            GateRoute.GRANT,
                            Optional.empty(),
                            body.getJsonArray("permits").getJsonObject(place),
                            answer));
        } catch (MalformedJson e) {
            Replies.send(
                    request, Problem.badRequest(String.valueOf(e.getMessage())).answer());
        }
    }

    private void gate(Router router, String path, GateRoute route) {
        post(
                router,
                path,
                Right.GATE,
                (request, body) -> waiting.ask(
                        request,
                        settings.gateDeadline(),
                        id -> route.question(id, request, body),
                        route::rendering,
                        answer -> GateTrace.log(
                                settings.self(), route, Optional.ofNullable(request.pathParam("vm")), body, answer)));
    }

    private void peerCalls(Router router) {
        peer(router, PeerJson.OPINION_PATH, (request, body) -> {
            PeerJson.OpinionQuestion asked = PeerJson.opinionQuestion(body);
            HostId asker = caller(request).host();
            waiting.ask(
                    request,
                    settings.peerDeadline(),
                    id -> PeerQuestions.ask(id, asker, asked),
                    reply -> PeerQuestions.answer(asked, reply));
        });
        peer(router, PeerJson.SHELL_PATH, (request, body) -> {
            PeerJson.ShellQuestion asked = PeerJson.shellQuestion(body);
            HostId asker = caller(request).host();
            waiting.ask(
                    request,
                    settings.peerDeadline(),
                    id -> PeerQuestions.ask(id, asker, asked),
                    reply -> PeerQuestions.answer(asked, reply));
        });
        peer(router, PeerJson.PROMISE_PATH, (request, body) -> {
            PeerJson.PromiseQuestion asked = PeerJson.promiseQuestion(body);
            HostId asker = caller(request).host();
            waiting.ask(
                    request,
                    settings.peerDeadline(),
                    id -> PeerQuestions.ask(id, asker, asked),
                    reply -> PeerQuestions.answer(asked, reply));
        });
    }

    /** The version comes before everything else: the fields of another one may mean something else. */
    private void peer(Router router, String path, PeerHandler handler) {
        post(router, path, Right.PEER, (request, body) -> {
            try {
                long version = PeerJson.version(body);
                if (version == PeerJson.VERSION) {
                    handler.handle(request, body);
                } else {
                    Replies.send(request, Problem.versionMismatch(version).answer());
                }
            } catch (MalformedJson e) {
                Replies.send(
                        request,
                        Problem.badRequest(String.valueOf(e.getMessage())).answer());
            }
        });
    }

    @FunctionalInterface
    private interface PeerHandler {
        void handle(RoutingContext request, JsonObject body) throws MalformedJson;
    }

    private void get(Router router, String path, Right right, Handler<RoutingContext> handler) {
        gets.add(path);
        router.get(path).handler(request -> authorise(request, right)).handler(handler);
    }

    private void post(Router router, String path, Right right, BiConsumer<RoutingContext, JsonObject> handler) {
        router.route(HttpMethod.POST, path)
                .consumes("application/json")
                // Before the body is read, and of the kind that the router lets stand there.
                .handler((PlatformHandler) request -> authorise(request, right))
                .handler(BodyHandler.create(false).setBodyLimit(BODY_MAX))
                .handler(request -> body(request)
                        .ifPresentOrElse(
                                body -> handler.accept(request, body),
                                () -> Replies.send(
                                        request,
                                        Problem.badRequest("the body is not a JSON object")
                                                .answer())));
    }

    private void authorise(RoutingContext request, Right right) {
        Optional<Caller> caller = Caller.of(request.request().sslSession(), settings.members());
        if (caller.isPresent() && caller.get().may(right)) {
            request.put(Caller.class.getName(), caller.get());
            request.next();
            return;
        }
        String who = caller.map(known -> "certificate name '" + known.name() + "'")
                .orElse("a certificate without exactly one common name");
        Replies.send(
                request,
                Problem.forbidden(who + " may not call " + request.normalizedPath())
                        .answer());
    }

    static Caller caller(RoutingContext request) {
        return request.get(Caller.class.getName());
    }

    private static Optional<JsonObject> body(RoutingContext request) {
        if (request.body().length() <= 0) {
            return Optional.empty();
        }
        try {
            return Json.decodeValue(request.body().buffer()) instanceof JsonObject object
                    ? Optional.of(object)
                    : Optional.empty();
        } catch (DecodeException e) {
            return Optional.empty();
        }
    }

    /** Made on a worker and in no order: one slow reader must not hold up another. */
    private void made(RoutingContext request, String contentType, Callable<Buffer> page) {
        vertx.executeBlocking(page, false)
                .onSuccess(body -> request.response()
                        .putHeader("Content-Type", contentType)
                        .putHeader("Cache-Control", "no-store")
                        .end(body))
                .onFailure(request::fail);
    }

    private void failed(RoutingContext request, int status) {
        Throwable cause = request.failure();
        if (cause != null && status == 500) {
            LOG.error("{} {} failed", request.request().method(), request.normalizedPath(), cause);
        }
        if (status == 405) {
            request.response().putHeader("Allow", gets.contains(request.normalizedPath()) ? "GET" : "POST");
        }
        Replies.send(request, Problem.ofStatus(status).answer());
    }
}
