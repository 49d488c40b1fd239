package io.quorumfence.coordinator.agents;

import io.quorumfence.coordinator.core.PermitAnswer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Puts the permits that one agent is asked for in the same moment into one call, so that they go into the record
 * together. A single one is asked for as ever; an agent that does not know the call is asked one by one. Belongs to one
 * event loop.
 */
final class GrantBatches {
    static final String PATH = "/v1/permits/batch";
    /** What an agent takes in one call. */
    static final int SIZE_MAX = 128;

    private final Vertx vertx;
    private final BiFunction<AgentAddress, JsonObject, Future<PermitAnswer>> one;
    private final BiFunction<AgentAddress, List<JsonObject>, Future<List<PermitAnswer>>> many;
    private final Map<AgentAddress, List<Asked>> gathered = new LinkedHashMap<>();

    private record Asked(JsonObject body, Promise<PermitAnswer> answer) {}

    GrantBatches(
            Vertx vertx,
            BiFunction<AgentAddress, JsonObject, Future<PermitAnswer>> one,
            BiFunction<AgentAddress, List<JsonObject>, Future<List<PermitAnswer>>> many) {
        this.vertx = vertx;
        this.one = one;
        this.many = many;
    }

    Future<PermitAnswer> ask(AgentAddress agent, JsonObject body) {
        Asked asked = new Asked(body, Promise.promise());
        if (gathered.isEmpty()) {
            vertx.getOrCreateContext().runOnContext(now -> send());
        }
        gathered.computeIfAbsent(agent, key -> new ArrayList<>()).add(asked);
        return asked.answer().future();
    }

    private void send() {
        Map<AgentAddress, List<Asked>> all = new LinkedHashMap<>(gathered);
        gathered.clear();
        all.forEach((agent, asked) -> {
            for (int from = 0; from < asked.size(); from += SIZE_MAX) {
                send(agent, asked.subList(from, Math.min(asked.size(), from + SIZE_MAX)));
            }
        });
    }

    private void send(AgentAddress agent, List<Asked> asked) {
        if (asked.size() == 1) {
            alone(agent, asked.get(0));
            return;
        }
        many.apply(agent, asked.stream().map(Asked::body).toList()).onSuccess(answers -> {
            for (int i = 0; i < asked.size(); i++) {
                if (answers.get(i) instanceof PermitAnswer.NotKnown) {
                    alone(agent, asked.get(i));
                } else {
                    asked.get(i).answer().complete(answers.get(i));
                }
            }
        });
    }

    private void alone(AgentAddress agent, Asked asked) {
        one.apply(agent, asked.body()).onSuccess(asked.answer()::complete);
    }
}
