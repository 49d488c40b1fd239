package io.quorumfence.agent.effect.peer;

import io.quorumfence.agent.effect.peer.PeerSettings.Door;
import io.quorumfence.model.observation.PeerObservation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One question to one peer by every plane: the first at once, each further one when the one before it has failed or not
 * answered for a while. The first HTTP answer of any kind ends the race, since all planes lead to the same agent. Ends
 * exactly once, at its deadline at the latest; what comes later is dropped. Belongs to one event loop.
 */
final class PlaneRace {
    private final Vertx vertx;
    private final WebClient client;
    private final PeerSettings settings;
    private final Question question;
    private final Consumer<PeerObservation> done;
    private final List<Door> doors;
    private final Map<Door, String> outcomes = new LinkedHashMap<>();
    private final List<Long> timers = new ArrayList<>();

    private int failures;
    private boolean ended;

    PlaneRace(Vertx vertx, WebClient client, PeerSettings settings, Question question, Consumer<PeerObservation> done) {
        this.vertx = vertx;
        this.client = client;
        this.settings = settings;
        this.question = question;
        this.done = done;
        this.doors = settings.doors().getOrDefault(question.peer(), List.of());
    }

    void start() {
        if (doors.isEmpty()) {
            end(Verdicts.failed(question, "host " + question.peer() + " has no configured address"));
            return;
        }
        timers.add(vertx.setTimer(settings.deadline().toMillis(), ignored -> end(silent())));
        tryNext();
    }

    private void tryNext() {
        if (ended || outcomes.size() == doors.size()) {
            return;
        }
        int position = outcomes.size();
        Door door = doors.get(position);
        outcomes.put(door, "no answer");
        timers.add(vertx.setTimer(settings.hedge().toMillis(), ignored -> tryAfter(position)));
        // Composed, so that a client that was closed meanwhile fails the attempt and not the loop.
        Future.succeededFuture()
                .compose(ignored -> send(door))
                .onSuccess(this::answered)
                .onFailure(e -> failed(door, e));
    }

    /**
     * The address says where to; the host says whose certificate it must be, and by which name a pooled connection may
     * be used again.
     */
    private Future<HttpResponse<Buffer>> send(Door door) {
        return client.request(
                        HttpMethod.POST,
                        SocketAddress.inetSocketAddress(settings.port(), door.address()),
                        settings.port(),
                        question.peer().value(),
                        question.path())
                .timeout(settings.deadline().toMillis())
                .sendJsonObject(question.body());
    }

    /** Only the newest attempt's patience counts: a failed one was followed at once. */
    private void tryAfter(int position) {
        if (outcomes.size() == position + 1) {
            tryNext();
        }
    }

    private void answered(HttpResponse<Buffer> response) {
        end(Verdicts.of(question, response.statusCode(), response.body()));
    }

    private void failed(Door door, Throwable cause) {
        outcomes.put(door, Verdicts.reason(cause));
        failures++;
        if (failures == doors.size()) {
            end(silent());
        } else if (doors.indexOf(door) == outcomes.size() - 1) {
            tryNext();
        }
    }

    private PeerObservation silent() {
        return Verdicts.failed(
                question,
                "host " + question.peer() + " gave no " + question.kind() + " within "
                        + settings.deadline().toMillis() + " ms: " + outcomes);
    }

    private void end(PeerObservation outcome) {
        if (!ended) {
            ended = true;
            timers.forEach(vertx::cancelTimer);
            done.accept(outcome);
        }
    }
}
