package io.quorumfence.coordinator.store;

import io.quorumfence.coordinator.core.GateEvent;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * Remembers what was asked and answered. The gate never waits for it: a permit is decided in the cell record, which
 * knows the request id, so that an ALLOW that the history lost is found again there.
 */
public interface History {

    /** Hands an event over; returns at once. Past the bound of the queue the event is lost and counted. */
    void add(GateEvent event, long wallMs);

    /** The newest verdicts, newest first. Fails when the disk does not answer in time. */
    Future<List<JsonObject>> latest(int limit);

    /** How it is, for health and metrics. Any thread. */
    Health health();

    /** Writes what is queued, for a bounded time, and closes. Blocks. */
    void close();

    /**
     * State of the history.
     *
     * @param trouble why the last write failed, empty when it did not
     * @param queued events that are not on disk yet
     * @param lost events that never will be
     */
    record Health(String trouble, int queued, long lost) {
        public boolean isWell() {
            return trouble.isEmpty() && lost == 0;
        }
    }
}
