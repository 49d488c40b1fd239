package io.quorumfence.agent.api;

import io.vertx.core.json.JsonObject;

/** What goes back to an HTTP caller. */
record Answer(int status, String contentType, JsonObject body) {
    static final String JSON = "application/json";

    static Answer ok(JsonObject body) {
        return new Answer(200, JSON, body);
    }

    static Answer created(JsonObject body) {
        return new Answer(201, JSON, body);
    }
}
