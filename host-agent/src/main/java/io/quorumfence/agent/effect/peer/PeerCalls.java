package io.quorumfence.agent.effect.peer;

import io.quorumfence.agent.api.TlsFiles;
import io.quorumfence.model.HostId;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.PeerObservation;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks peers for opinions, promises and their shells over mutual TLS, by every plane. The peer's certificate must
 * carry the wanted host's id as a DNS name, although the connection is made to an address: two hosts that swapped
 * addresses must not answer for each other. (An id with an underscore is not a DNS name; Java refuses it, and so the
 * call fails.)
 *
 * <p>Each question ends in one observation, an answer or {@link PeerObservation.PeerCallFailed}, except when another
 * question of the same peer, work and kind replaces it: at most one of these is in flight, the same question asked
 * again joins it, and a different one waits for its end and is answered in its place. An answer says by which work it
 * was asked but not under which claim, so that one to a replaced question must not be handed out.
 *
 * <p>All state belongs to the event loop it is deployed on; {@code ask} may be called from any thread and never blocks.
 * Nobody retries here.
 */
public final class PeerCalls implements Deployable {
    private static final int CONNECTIONS_PER_DOOR = 8;
    private static final int KEPT_SECONDS = 20;
    /**
     * A first handshake costs more than a question may take on a busy host: connections are kept open
     * ahead of need.
     */
    private static final long WARM_FIRST_MS = 500;

    private static final long WARM_EVERY_MS = 8_000;

    private record Turn(HostId peer, long work, String kind) {}

    private record InFlight(Question asked, @Nullable Question instead) {}

    private final PeerSettings settings;
    private final Consumer<Observation> inbox;
    private final Map<Turn, InFlight> running = new HashMap<>();

    private volatile @Nullable Context context;
    private @Nullable WebClient client;
    private long warming;

    /** @param inbox takes observations on any thread; must not block */
    public PeerCalls(PeerSettings settings, Consumer<Observation> inbox) {
        this.settings = settings;
        this.inbox = inbox;
    }

    @Override
    public Future<?> deploy(Context own) {
        client = WebClient.create(own.owner(), options(), new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_DOOR));
        context = own;
        warming = own.owner().setPeriodic(WARM_FIRST_MS, WARM_EVERY_MS, ignored -> warm());
        return Future.succeededFuture();
    }

    /** Asks every peer by every plane for its health; the answers, good or bad, say nothing and are dropped. */
    private void warm() {
        WebClient own = Objects.requireNonNull(client);
        settings.doors()
                .forEach((peer, doors) -> doors.forEach(door -> own.request(
                                HttpMethod.GET,
                                SocketAddress.inetSocketAddress(settings.port(), door.address()),
                                settings.port(),
                                peer.value(),
                                "/health")
                        .timeout(settings.deadline().toMillis())
                        .send()
                        .onComplete(ignored -> {})));
    }

    @Override
    public Future<?> undeploy(Context own) {
        own.owner().cancelTimer(warming);
        Objects.requireNonNull(client).close();
        return Future.succeededFuture();
    }

    public void ask(PeerCommand.AskOpinion command) {
        onLoop(new Question.OfOpinion(command));
    }

    public void ask(PeerCommand.AskPromise command) {
        onLoop(new Question.OfPromise(command));
    }

    public void ask(PeerCommand.AskShell command) {
        onLoop(new Question.OfShell(command));
    }

    private void onLoop(Question question) {
        Context own = context;
        if (own == null) {
            inbox.accept(Verdicts.failed(question, "this agent is still starting and asks nobody yet"));
        } else {
            own.runOnContext(ignored -> begin(own.owner(), question));
        }
    }

    private void begin(Vertx vertx, Question question) {
        Turn turn = new Turn(question.peer(), question.work(), question.kind());
        InFlight known = running.get(turn);
        if (known == null) {
            run(vertx, turn, question);
        } else {
            boolean same = question.equals(known.asked);
            running.put(turn, new InFlight(known.asked, same ? null : question));
        }
    }

    private void run(Vertx vertx, Turn turn, Question question) {
        running.put(turn, new InFlight(question, null));
        new PlaneRace(vertx, Objects.requireNonNull(client), settings, question, outcome -> ended(vertx, turn, outcome))
                .start();
    }

    private void ended(Vertx vertx, Turn turn, PeerObservation outcome) {
        InFlight flight = Objects.requireNonNull(running.remove(turn));
        if (flight.instead == null) {
            inbox.accept(outcome);
        } else {
            run(vertx, turn, flight.instead);
        }
    }

    private WebClientOptions options() {
        int deadlineMs = Math.toIntExact(settings.deadline().toMillis());
        return new WebClientOptions()
                .setSsl(true)
                .setVerifyHost(true)
                .setTrustOptions(settings.tls().trust())
                .setKeyCertOptions(settings.tls().identity())
                .setEnabledSecureTransportProtocols(TlsFiles.PROTOCOLS)
                .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true))
                .setFollowRedirects(false)
                .setUserAgentEnabled(false)
                .setConnectTimeout(deadlineMs)
                // Shorter than the server keeps them, so that it is not the server who hangs up on a question.
                .setKeepAliveTimeout(KEPT_SECONDS);
    }
}
