package io.quorumfence.step;

import io.quorumfence.model.command.Command;
import io.quorumfence.model.event.JournalEvent;
import java.util.List;

/**
 * What one step decided.
 *
 * @param next the state after it
 * @param commands what the shell shall do, in this order
 * @param events what was decided; flushed before any command that {@link Command#needsFlush() needs} it
 */
public record Step<S>(S next, List<Command> commands, List<JournalEvent> events) {
    public Step {
        commands = List.copyOf(commands);
        events = List.copyOf(events);
    }
}
