package io.quorumfence.agent.core;

import io.quorumfence.model.command.Command;
import io.quorumfence.model.event.JournalEvent;
import java.util.ArrayList;
import java.util.List;

/** Collects what one step decides. */
final class Out {
    final List<Command> commands = new ArrayList<>();
    final List<JournalEvent> events = new ArrayList<>();

    void command(Command command) {
        commands.add(command);
    }

    void event(JournalEvent event) {
        events.add(event);
    }
}
