package io.quorumfence.coordinator.agents;

import io.quorumfence.coordinator.core.AgentReport;
import io.quorumfence.coordinator.core.Basis;
import io.quorumfence.coordinator.core.HostAnswer;
import io.quorumfence.coordinator.core.PermitAnswer;
import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.model.VmId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the agents over HTTP with mutual TLS. Connects by address; the certificate must name the host id. Belongs to
 * one event loop.
 */
public final class HttpAgentCalls implements AgentCalls {
    private static final int REASON_MAX = 200;

    private final WebClient client;
    private final AgentLimits limits;
    private final LongSupplier clockNs;
    private final GrantBatches grants;
    private final Map<AgentAddress, Integer> out = new HashMap<>();

    public HttpAgentCalls(Vertx vertx, TlsFiles tls, AgentLimits limits, LongSupplier clockNs) {
        this.limits = limits;
        this.clockNs = clockNs;
        grants = new GrantBatches(vertx, this::grantOne, this::grantMany);
        WebClientOptions options = new WebClientOptions()
                .setSsl(true)
                .setVerifyHost(true)
                .setTrustOptions(new PemTrustOptions().addCertPath(tls.ca().toString()))
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertPath(tls.certificate().toString())
                        .addKeyPath(tls.key().toString()))
                .setConnectTimeout((int) limits.statusMs())
                .setSslHandshakeTimeout(limits.statusMs())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setFollowRedirects(false)
                .setUserAgent("quorumfence-coordinator");
        // One poll and the capped calls always find a connection: nothing waits in the pool's queue.
        client = WebClient.create(vertx, options, new PoolOptions().setHttp1MaxSize(limits.callsMax() + 2));
    }

    @Override
    public Future<AgentReport> status(AgentAddress agent) {
        long startedNs = clockNs.getAsLong();
        return send(agent, HttpMethod.GET, "/v1/status", limits.statusMs(), null)
                .transform(result -> Future.succeededFuture(
                        result.succeeded()
                                ? Answers.status(agent, result.result(), startedNs, clockNs.getAsLong())
                                : new AgentReport.Silent(
                                        Answers.trouble(result.cause(), limits.statusMs()),
                                        startedNs,
                                        clockNs.getAsLong())));
    }

    @Override
    public Future<HostAnswer> absence(AgentAddress agent, String requestId, VmId vm) {
        JsonObject body = new JsonObject().put("requestId", requestId);
        return call(
                agent,
                "/v1/vms/" + vm + "/absence",
                limits.absenceMs(),
                body,
                response -> Answers.absence(agent, vm, response),
                cause -> cause instanceof AgentBusy
                        ? new HostAnswer.NotAsked(String.valueOf(cause.getMessage()))
                        : new HostAnswer.NoAnswer(Answers.trouble(cause, limits.absenceMs())));
    }

    @Override
    public Future<PermitAnswer> permit(
            AgentAddress agent, String requestId, StartQuestion question, Basis basis, long ttlMs) {
        JsonObject body = new JsonObject()
                .put("requestId", requestId)
                .put("vm", question.vm().toString())
                .put("lastHost", question.lastHost().value())
                .put("destination", question.destination().value())
                .put("basis", basisJson(basis))
                .put("ttlMs", ttlMs);
        return grants.ask(agent, body);
    }

    private Future<PermitAnswer> grantOne(AgentAddress agent, JsonObject body) {
        return permitCall(agent, "/v1/permits", body);
    }

    private Future<List<PermitAnswer>> grantMany(AgentAddress agent, List<JsonObject> bodies) {
        JsonObject body = new JsonObject().put("permits", new JsonArray(bodies));
        return call(
                agent,
                GrantBatches.PATH,
                limits.permitMs(),
                body,
                response -> Answers.permits(agent, bodies.size(), response),
                cause -> Collections.nCopies(bodies.size(), noAnswer(agent, cause)));
    }

    private PermitAnswer noAnswer(AgentAddress agent, Throwable cause) {
        return new PermitAnswer.NoAnswer(
                "host " + agent.host() + ": " + Answers.trouble(cause, limits.permitMs()),
                Answers.mayHaveArrived(cause));
    }

    private static JsonObject basisJson(Basis basis) {
        if (basis instanceof Basis.HostWord word) {
            return new JsonObject()
                    .put("kind", "host-says")
                    .put("host", word.host().value())
                    .put("counter", word.counter())
                    .put("bootId", word.bootId().toString())
                    .put("rung", word.rung().code());
        }
        return new JsonObject()
                .put("kind", "claim")
                .put("token", ((Basis.Proven) basis).token().value());
    }

    @Override
    public Future<PermitAnswer> end(AgentAddress agent, long permit, String reason) {
        String text = reason.length() > REASON_MAX ? reason.substring(0, REASON_MAX) : reason;
        return permitCall(agent, "/v1/permits/" + permit + "/end", new JsonObject().put("reason", text));
    }

    @Override
    public Future<PermitAnswer> redeem(AgentAddress agent, long permit, VmId vm) {
        return permitCall(agent, "/v1/permits/" + permit + "/redeem", new JsonObject().put("vm", vm.toString()));
    }

    /** Switches one agent's reaction; the answer is one line for people, whether it was done or not. */
    public Future<ReactionAnswer> reaction(AgentAddress agent, boolean on, String by) {
        JsonObject body = new JsonObject().put("on", on).put("by", by);
        return call(
                agent,
                "/v1/reaction",
                limits.permitMs(),
                body,
                response -> ReactionAnswer.of(agent, response.statusCode(), response.bodyAsString()),
                cause -> new ReactionAnswer(agent.host(), false, Answers.trouble(cause, limits.permitMs())));
    }

    @Override
    public Future<ReleaseAnswer> release(AgentAddress agent, String by, String why) {
        return call(
                agent,
                "/v1/release",
                limits.permitMs(),
                new JsonObject().put("by", by).put("why", why),
                response -> Answers.release(agent, response),
                cause -> new ReleaseAnswer(
                        503,
                        "agent-silent",
                        "host " + agent.host() + ": " + Answers.trouble(cause, limits.permitMs())
                                + (Answers.mayHaveArrived(cause) ? "; it may be released all the same" : "")));
    }

    @Override
    public Future<ConfirmAnswer> confirmDead(AgentAddress agent, OperatorSays word) {
        JsonObject body = new JsonObject()
                .put("host", word.host().value())
                .put("counter", word.counter())
                .put("bootId", word.bootId().toString())
                .put("by", word.by())
                .put("why", word.why())
                .put("overrideStorm", word.overridesStorm());
        return call(
                agent,
                "/v1/hosts/" + word.host() + "/confirm-dead",
                limits.permitMs(),
                body,
                response -> Answers.confirmed(agent, response),
                cause -> new ConfirmAnswer(agent.host(), "agent-silent", Answers.trouble(cause, limits.permitMs())));
    }

    @Override
    public Future<ClassAnswer> vmClass(AgentAddress agent, VmId vm, String vmClass, String by, String why) {
        return call(
                agent,
                "/v1/vms/" + vm + "/class",
                limits.permitMs(),
                new JsonObject().put("class", vmClass).put("by", by).put("why", why),
                response -> ClassAnswer.of(agent, response.statusCode(), response.bodyAsString()),
                cause -> ClassAnswer.no(
                        503,
                        "agent-silent",
                        "host " + agent.host() + ": " + Answers.trouble(cause, limits.permitMs())
                                + (Answers.mayHaveArrived(cause) ? "; it may be changed all the same" : "")));
    }

    private Future<PermitAnswer> permitCall(AgentAddress agent, String uri, JsonObject body) {
        return call(
                agent,
                uri,
                limits.permitMs(),
                body,
                response -> Answers.permit(agent, uri, response),
                cause -> noAnswer(agent, cause));
    }

    private <T> Future<T> call(
            AgentAddress agent,
            String uri,
            long timeoutMs,
            JsonObject body,
            Function<HttpResponse<Buffer>, T> answered,
            Function<Throwable, T> failed) {
        if (out.getOrDefault(agent, 0) >= limits.callsMax()) {
            return Future.succeededFuture(failed.apply(new AgentBusy(limits.callsMax())));
        }
        out.merge(agent, 1, Integer::sum);
        return send(agent, HttpMethod.POST, uri, timeoutMs, body).transform(result -> {
            out.merge(agent, -1, Integer::sum);
            return Future.succeededFuture(
                    result.succeeded() ? answered.apply(result.result()) : failed.apply(result.cause()));
        });
    }

    private Future<HttpResponse<Buffer>> send(
            AgentAddress agent, HttpMethod method, String uri, long timeoutMs, @Nullable JsonObject body) {
        RequestOptions options = new RequestOptions()
                .setHost(agent.host().value())
                .setPort(agent.port())
                .setURI(uri)
                .setSsl(true)
                .setTimeout(timeoutMs);
        SocketAddress server = SocketAddress.inetSocketAddress(agent.port(), agent.address());
        HttpRequest<Buffer> request = client.request(method, server, options)
                .timeout(timeoutMs)
                .putHeader("Accept", "application/json, application/problem+json");
        Future<HttpResponse<Buffer>> sent = body == null ? request.send() : request.sendJsonObject(body);
        // The request's own limit is between two signs of life; this one is for the whole call.
        return sent.timeout(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** Ends all calls. */
    public void close() {
        client.close();
    }
}
