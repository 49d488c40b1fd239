package io.quorumfence.coordinator.api;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** What goes back to a caller. */
record Reply(int status, String contentType, JsonObject body, Map<String, String> headers) {
    private static final String TYPES = "https://quorumfence.io/problems/";
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";

    static Reply json(int status, JsonObject body) {
        return new Reply(status, JSON, body, Map.of());
    }

    Reply with(String header, String value) {
        return new Reply(status, contentType, body, Map.of(header, value));
    }

    /** An error as RFC 9457 has it; the code is stable and ends the type URI. */
    static Reply problem(int status, String code, String title, String detail, boolean retryable) {
        JsonObject body = new JsonObject()
                .put("type", TYPES + code)
                .put("title", title)
                .put("status", status)
                .put("code", code)
                .put("detail", detail)
                .put("retryable", retryable);
        Reply reply = new Reply(status, PROBLEM, body, Map.of());
        return status == 503 ? reply.with("Retry-After", "1") : reply;
    }

    static Reply badRequest(String detail) {
        return problem(400, "bad-request", "The request is not what the contract says", detail, false);
    }

    static Reply notFound(String what) {
        return problem(404, "not-found", "No such resource", what, false);
    }

    /** For the router's own refusals. */
    static Reply ofStatus(int status) {
        return switch (status) {
            case 400 -> badRequest("the request cannot be read");
            case 404 -> notFound("this coordinator does not serve the path");
            case 405 ->
                problem(405, "method-not-allowed", "Wrong method", "the path is served, this method is not", false);
            case 406 -> problem(406, "not-acceptable", "Wrong Accept", "answers are application/json", false);
            case 413 ->
                problem(
                        413,
                        "body-too-large",
                        "Body too large",
                        "a body has at most 16 KiB, one with many VMs 512 KiB",
                        false);
            case 415 -> problem(415, "unsupported-media-type", "Wrong type", "send application/json", false);
            default -> problem(500, "internal", "A fault in the coordinator", "its log has the details", false);
        };
    }

    void send(RoutingContext request) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status).putHeader("Content-Type", contentType).putHeader("Cache-Control", "no-store");
        headers.forEach(response::putHeader);
        response.end(body.toBuffer());
    }
}
