package io.quorumfence.coordinator.agents;

import io.quorumfence.model.HostId;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What an agent answered to its switch.
 *
 * @param text one line for people
 */
public record ReactionAnswer(HostId host, boolean done, String text) {

    static ReactionAnswer of(AgentAddress agent, int status, @Nullable String body) {
        try {
            JsonObject json = new JsonObject(body == null ? "" : body);
            if (status == 200 && json.getValue("inForce") instanceof String inForce) {
                boolean owed = Boolean.TRUE.equals(json.getValue("owed"));
                String still = owed && "disarmed".equals(inForce)
                        ? "; what it promised stands until its siblings know that it promises no more"
                        : "";
                return new ReactionAnswer(agent.host(), true, "in force: " + inForce + still);
            }
            String why = status == 404 ? "its agent is too old" : String.valueOf(json.getValue("detail"));
            return new ReactionAnswer(agent.host(), false, "HTTP " + status + ": " + why);
        } catch (DecodeException | ClassCastException e) {
            return new ReactionAnswer(agent.host(), false, "HTTP " + status + ", and no JSON that can be read");
        }
    }
}
