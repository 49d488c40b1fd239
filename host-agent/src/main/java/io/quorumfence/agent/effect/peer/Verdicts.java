package io.quorumfence.agent.effect.peer;

import io.quorumfence.agent.api.MalformedJson;
import io.quorumfence.agent.api.PeerJson;
import io.quorumfence.model.HostId;
import io.quorumfence.model.observation.PeerObservation;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an HTTP answer of a peer means. Whatever is not understood is a failure, never a default (I8). Pure. */
final class Verdicts {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int TEXT_MAX = 160;

    private Verdicts() {}

    static PeerObservation of(Question question, int status, @Nullable Buffer body) {
        HostId peer = question.peer();
        if (status == NOT_FOUND) {
            return failed(
                    question,
                    "agent of host " + peer + " is too old for " + question.kind() + " calls, upgrade agents first");
        }
        Optional<JsonObject> json = object(body);
        if (status != OK) {
            String code = json.map(problem -> problem.getValue("code") + ": " + problem.getValue("detail"))
                    .orElse("no reason given");
            return failed(question, "host " + peer + " gave no " + question.kind() + ": HTTP " + status + " " + code);
        }
        if (json.isEmpty()) {
            return failed(question, "host " + peer + " answered with something that is not a JSON object");
        }
        try {
            long version = PeerJson.version(json.get());
            if (version != PeerJson.VERSION) {
                return failed(
                        question,
                        "host " + peer + " answered in version " + version
                                + " of the calls between agents, this agent speaks " + PeerJson.VERSION
                                + "; bring both to one release");
            }
            return question.read(json.get());
        } catch (MalformedJson e) {
            return failed(
                    question, "the " + question.kind() + " of host " + peer + " is not understood: " + e.getMessage());
        }
    }

    static PeerObservation failed(Question question, String detail) {
        return question.failed(oneLine(detail, 2 * TEXT_MAX));
    }

    /** The reason of a call that got no HTTP answer, short and in one line. */
    static String reason(Throwable cause) {
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return oneLine(text, TEXT_MAX);
    }

    private static String oneLine(String text, int max) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= max ? line : line.substring(0, max) + "...";
    }

    private static Optional<JsonObject> object(@Nullable Buffer body) {
        if (body == null) {
            return Optional.empty();
        }
        try {
            return Json.decodeValue(body) instanceof JsonObject object ? Optional.of(object) : Optional.empty();
        } catch (DecodeException e) {
            return Optional.empty();
        }
    }
}
