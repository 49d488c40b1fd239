package io.quorumfence.coordinator.api;

import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.coordinator.core.StartRequest;
import io.quorumfence.coordinator.shell.GateLoop;
import io.quorumfence.coordinator.shell.TurnedAway;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The answers of many requests in one: 207, so that a caller who looks at the status alone takes it for no ALLOW; each
 * with the status it would have had alone. Belongs to the gate's loop.
 */
final class BatchReply {
    private static final int MULTI_STATUS = 207;

    private final GateLoop gate;
    private final DecisionReply decisions;

    BatchReply(GateLoop gate, DecisionReply decisions) {
        this.gate = gate;
        this.decisions = decisions;
    }

    /**
     * Asks, and answers when every request has its verdict or the wait is over.
     *
     * @param head what the answer begins with
     */
    void ask(RoutingContext request, List<String> ids, List<StartQuestion> questions, long waitMs, JsonObject head) {
        List<Future<StartRequest>> answers = gate.askAll(ids, questions, waitMs);
        Future.join(answers).onComplete(all -> {
            JsonArray results = new JsonArray();
            Map<String, Integer> counts = new TreeMap<>();
            for (int i = 0; i < ids.size(); i++) {
                JsonObject result = one(ids.get(i), answers.get(i));
                counts.merge(result.getJsonObject("answer").getString("verdict", "NOT-ASKED"), 1, Integer::sum);
                results.add(result);
            }
            JsonObject told = new JsonObject();
            counts.forEach(told::put);
            Reply.json(MULTI_STATUS, head.put("counts", told).put("results", results))
                    .send(request);
        });
    }

    private JsonObject one(String id, Future<StartRequest> answer) {
        Reply reply;
        if (answer.succeeded()) {
            reply = decisions.toAsk(answer.result());
        } else if (answer.cause() instanceof TurnedAway away) {
            reply = GateApi.turnedAway(away);
        } else {
            reply = Reply.ofStatus(500);
        }
        return new JsonObject().put("id", id).put("status", reply.status()).put("answer", reply.body());
    }
}
