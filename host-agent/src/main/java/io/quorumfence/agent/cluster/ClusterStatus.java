package io.quorumfence.agent.cluster;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * How the cluster looks from here; a hint for people.
 *
 * @param members hosts in this side of the cluster, this one included; 0 unless joined
 */
public record ClusterStatus(State state, int members) {
    /** Whether this host takes part. */
    public enum State {
        OFF,
        JOINING,
        JOINED
    }

    /** As the agent's status shows it. */
    public JsonObject json() {
        return new JsonObject()
                .put("members", members)
                .put("state", state.name().toLowerCase(Locale.ROOT));
    }
}
