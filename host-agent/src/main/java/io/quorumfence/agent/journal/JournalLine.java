package io.quorumfence.agent.journal;

import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.Observation;
import java.util.List;
import java.util.Optional;

/**
 * One line read back.
 *
 * @param kind start, event, observation, ticks, open or gap
 * @param text the line as it stands
 * @param ticks times of the core's ticks before this line
 * @param start present when a process began here
 * @param event present for an event that this version knows
 * @param observation present for an observation that this version knows
 */
public record JournalLine(
        long seq,
        String kind,
        long nowNs,
        long wallMs,
        String text,
        List<Long> ticks,
        Optional<JournalStart> start,
        Optional<JournalEvent> event,
        Optional<Observation> observation) {
    public JournalLine {
        ticks = List.copyOf(ticks);
    }
}
