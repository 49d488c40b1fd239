package io.quorumfence.agent.core;

import io.quorumfence.model.HostId;
import io.quorumfence.record.CellRecord;
import java.util.Optional;

/** Questions that the simulator, the status page and tests ask of a state. Any thread; changes nothing. */
public final class AgentFacts {
    private AgentFacts() {}

    /** The newest record the agent knows. */
    public static CellRecord record(AgentState state) {
        return state.record().orElseThrow(() -> new IllegalStateException("no record is known yet"));
    }

    /** The newest record the agent knows, if it knows any. */
    public static Optional<CellRecord> known(AgentState state) {
        return state.record();
    }

    public static boolean isJoined(AgentState state) {
        return state.isJoined();
    }

    /** What the time rung says of a host, in words. */
    public static String outlook(AgentState state, HostId host) {
        return TimeProof.outlook(
                        state, host, record(state).host(host).orElseThrow().incarnation())
                .reason();
    }
}
