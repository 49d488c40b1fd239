package io.quorumfence.coordinator.core;

import java.util.List;

/** What one step of the gate decided. */
public record GateStep(GateState next, List<GateCommand> commands, List<GateEvent> events) {
    public GateStep {
        commands = List.copyOf(commands);
        events = List.copyOf(events);
    }
}
