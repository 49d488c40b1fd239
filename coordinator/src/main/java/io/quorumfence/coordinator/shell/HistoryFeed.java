package io.quorumfence.coordinator.shell;

import io.quorumfence.coordinator.core.GateEvent;
import io.quorumfence.coordinator.store.History;
import java.time.Clock;

/** Hands every decision to the history, with the wall clock's time for people. */
public final class HistoryFeed implements GateListener {
    private final History history;
    private final Clock wall;

    public HistoryFeed(History history, Clock wall) {
        this.history = history;
        this.wall = wall;
    }

    @Override
    public void decided(GateEvent event) {
        history.add(event, wall.millis());
    }
}
