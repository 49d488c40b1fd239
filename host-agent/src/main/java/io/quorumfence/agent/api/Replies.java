package io.quorumfence.agent.api;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/** Writes answers; the one place that does. */
final class Replies {
    private Replies() {}

    /** Does nothing when the caller is gone or was answered. */
    static void send(RoutingContext request, Answer answer) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(answer.status())
                .putHeader("Content-Type", answer.contentType())
                .putHeader("Cache-Control", "no-store");
        if (answer.status() == 503) {
            response.putHeader("Retry-After", "1");
        }
        response.end(answer.body().toBuffer());
    }
}
