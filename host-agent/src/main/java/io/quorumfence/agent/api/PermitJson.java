package io.quorumfence.agent.api;

import io.quorumfence.model.Permit;
import io.vertx.core.json.JsonObject;

/** A permit as the agent shows it. Pure; any thread. */
public final class PermitJson {
    private PermitJson() {}

    public static JsonObject of(Permit permit) {
        JsonObject json = new JsonObject()
                .put("id", permit.id())
                .put("requestId", permit.requestId())
                .put("vm", permit.vm().toString())
                .put("lastHost", permit.lastHost().value())
                .put("destination", permit.destination().value())
                .put("destinationCounter", permit.destinationIncarnation().counter())
                .put(
                        "destinationBootId",
                        permit.destinationIncarnation().bootId().toString())
                .put("stage", permit.stage().name())
                .put("rung", permit.rung().code())
                .put("ttlMs", permit.ttlMs());
        permit.claim().ifPresent(token -> json.put("claim", token.value()));
        return json;
    }
}
