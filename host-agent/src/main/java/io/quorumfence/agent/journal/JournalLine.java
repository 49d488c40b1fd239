package io.quorumfence.agent.journal;

import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.Observation;
import java.util.Optional;

/**
 * One line read back.
 *
 * @param kind event, observation, open or gap
 * @param text the line as it stands
 * @param event present for an event that this version knows
 * @param observation present for an observation that this version knows
 */
public record JournalLine(
        long seq,
        String kind,
        long nowNs,
        long wallMs,
        String text,
        Optional<JournalEvent> event,
        Optional<Observation> observation) {}
