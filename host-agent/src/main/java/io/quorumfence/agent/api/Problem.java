package io.quorumfence.agent.api;

import io.vertx.core.json.JsonObject;

/**
 * An error as RFC 9457 has it.
 *
 * @param code stable; also the last part of the type URI
 * @param retryable whether the same request may succeed later without anybody acting
 */
record Problem(int status, String code, String title, String detail, boolean retryable) {
    private static final String TYPES = "https://quorumfence.io/problems/";

    static Problem badRequest(String detail) {
        return new Problem(400, "bad-request", "The request is not what the contract says", detail, false);
    }

    static Problem forbidden(String detail) {
        return new Problem(403, "forbidden", "This caller may not ask this", detail, false);
    }

    static Problem refused(String code, String detail, boolean retryable) {
        return new Problem(retryable ? 503 : 409, code, "Not carried out; nothing was changed", detail, retryable);
    }

    static Problem versionMismatch(long theirs) {
        String detail = "this agent speaks version " + PeerJson.VERSION + " of the calls between agents, the caller "
                + theirs + "; bring both to one release";
        return new Problem(409, "version-mismatch", "Agents of two versions", detail, false);
    }

    static Problem noAnswerInTime(long deadlineMs) {
        String detail = "the core gave no answer within " + deadlineMs
                + " ms; the request may still be carried out, and asking again with the same ids is safe";
        return new Problem(503, "no-answer-in-time", "No answer in time", detail, true);
    }

    static Problem busy(int waiting) {
        String detail = waiting + " requests wait for the core already; this one was not handed to it";
        return new Problem(503, "busy", "Too many requests wait", detail, true);
    }

    static Problem internal() {
        return new Problem(500, "internal", "A fault in the agent", "the agent's log has the details", false);
    }

    /** For the router's own refusals. */
    static Problem ofStatus(int status) {
        return switch (status) {
            case 404 -> new Problem(404, "not-found", "No such resource", "this agent does not serve the path", false);
            case 405 ->
                new Problem(405, "method-not-allowed", "Wrong method", "the path is served, this method is not", false);
            case 406 -> new Problem(406, "not-acceptable", "Wrong Accept", "answers are application/json", false);
            case 413 -> new Problem(413, "body-too-large", "Body too large", "a body has at most 64 KiB", false);
            case 415 -> new Problem(415, "unsupported-media-type", "Wrong type", "send application/json", false);
            case 400 -> badRequest("the request cannot be read");
            default -> internal();
        };
    }

    Answer answer() {
        JsonObject body = new JsonObject()
                .put("type", TYPES + code)
                .put("title", title)
                .put("status", status)
                .put("code", code)
                .put("detail", detail)
                .put("retryable", retryable);
        return new Answer(status, "application/problem+json", body);
    }
}
