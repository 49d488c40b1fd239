package io.quorumfence.coordinator.agents;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of an operator's wish about the class of a VM.
 *
 * @param status of HTTP; 200 when the record has it
 * @param code stable reason code, empty when it was carried out
 * @param vmClass ignore, leaving or protected; empty when it was not carried out
 * @param awaited hosts that may still leave the VM alone
 */
public record ClassAnswer(int status, String code, String detail, String vmClass, List<String> awaited) {
    public ClassAnswer {
        awaited = List.copyOf(awaited);
    }

    public boolean isDone() {
        return status == 200;
    }

    /** Nothing is known to have been changed. */
    public static ClassAnswer no(int status, String code, String detail) {
        return new ClassAnswer(status, code, detail, "", List.of());
    }

    static ClassAnswer of(AgentAddress agent, int status, @Nullable String body) {
        String who = "host " + agent.host() + ": ";
        if (status == 404) {
            return no(409, "agent-too-old", who + "HTTP 404; upgrade the agents of all hosts first");
        }
        try {
            JsonObject json = new JsonObject(body == null ? "" : body);
            JsonArray awaited = json.getJsonArray("awaited", new JsonArray());
            if (status == 200 && json.getValue("class") instanceof String now) {
                return new ClassAnswer(
                        200, "", "", now, awaited.stream().map(String::valueOf).toList());
            }
            String code = json.getValue("code") instanceof String said ? said : "agent-unreadable";
            return no(status >= 500 ? 503 : 409, code, who + json.getValue("detail"));
        } catch (DecodeException | ClassCastException e) {
            return no(503, "agent-unreadable", who + "HTTP " + status + ", and no JSON that can be read");
        }
    }
}
