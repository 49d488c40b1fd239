package io.quorumfence.agent.core;

import io.quorumfence.model.command.Command;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.step.Step;
import java.util.ArrayList;
import java.util.List;

/** Collects what one step decides. */
final class Out {
    final List<Command> commands = new ArrayList<>(4);
    final List<JournalEvent> events = new ArrayList<>();

    /** Most steps tell no event. */
    <S> Step<S> step(S next) {
        return new Step<>(next, commands, events.isEmpty() ? List.of() : events);
    }

    void command(Command command) {
        commands.add(command);
    }

    void event(JournalEvent event) {
        events.add(event);
    }
}
