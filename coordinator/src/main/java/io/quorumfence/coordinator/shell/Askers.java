package io.quorumfence.coordinator.shell;

import io.quorumfence.coordinator.core.GateEvent;
import io.quorumfence.coordinator.core.StartRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Callers that wait for an answer, each answered once. Belongs to the gate's loop. */
final class Askers implements GateListener {
    /** How long a caller that did not ask to wait is held for the first questions to the agents. */
    private static final long FIRST_ANSWER_MS = 5_000;

    private final Vertx vertx;
    private final Function<String, Optional<StartRequest>> requests;
    private final Map<Long, Asker> waiting = new HashMap<>();
    /** The same by the request they wait for. */
    private final Map<String, List<Asker>> attached = new HashMap<>();

    private long lastNumber;

    Askers(Vertx vertx, Function<String, Optional<StartRequest>> requests) {
        this.vertx = vertx;
        this.requests = requests;
    }

    /** One caller. */
    static final class Asker {
        private final long number;
        private final long waitMs;
        private final Promise<StartRequest> promise = Promise.promise();
        private @Nullable String request;
        private boolean waitIsOver;
        private long timer = -1;

        private Asker(long number, long waitMs) {
            this.number = number;
            this.waitMs = waitMs;
        }

        long number() {
            return number;
        }

        Future<StartRequest> future() {
            return promise.future();
        }
    }

    Asker open(long waitMs) {
        Asker asker = new Asker(++lastNumber, waitMs);
        waiting.put(asker.number, asker);
        return asker;
    }

    void attach(long number, String id) {
        Asker asker = waiting.get(number);
        if (asker == null) {
            return;
        }
        asker.request = id;
        attached.computeIfAbsent(id, key -> new ArrayList<>()).add(asker);
        asker.waitIsOver = asker.waitMs == 0;
        long untilMs = asker.waitMs == 0 ? FIRST_ANSWER_MS : asker.waitMs;
        asker.timer = vertx.setTimer(untilMs, fired -> {
            asker.waitIsOver = true;
            requests.apply(id).ifPresent(request -> answer(asker, request));
        });
        requests.apply(id).ifPresent(request -> answerIfDue(asker, request));
    }

    void turnAway(long number, TurnedAway why) {
        Asker asker = waiting.get(number);
        if (asker != null) {
            forget(asker);
            asker.promise.tryFail(why);
        }
    }

    void failAll(TurnedAway why) {
        List.copyOf(waiting.keySet()).forEach(number -> turnAway(number, why));
    }

    @Override
    public void decided(GateEvent event) {
        List.copyOf(attached.getOrDefault(event.request().id(), List.of()))
                .forEach(asker -> answerIfDue(asker, event.request()));
    }

    private void answerIfDue(Asker asker, StartRequest request) {
        if (request.isClosed() || (asker.waitIsOver && request.isAnswerable())) {
            answer(asker, request);
        }
    }

    private void answer(Asker asker, StartRequest request) {
        forget(asker);
        asker.promise.tryComplete(request);
    }

    private void forget(Asker asker) {
        waiting.remove(asker.number);
        vertx.cancelTimer(asker.timer);
        if (asker.request != null) {
            attached.computeIfPresent(asker.request, (id, askers) -> {
                askers.remove(asker);
                return askers.isEmpty() ? null : askers;
            });
        }
    }
}
