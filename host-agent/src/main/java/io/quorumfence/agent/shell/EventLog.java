package io.quorumfence.agent.shell;

import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.Observation;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where decisions are kept before they take effect. Both methods return at once, on any thread. */
public interface EventLog {

    /** Completes when the events are on disk; exceptionally when they could not be kept. */
    CompletionStage<Void> append(List<JournalEvent> events, long nowNs);

    /** Keeps that the core was woken, as cheaply as its many times a second demand. */
    void ticked(long nowNs);

    /** Keeps what the core took in, batched and without a flush; may drop under pressure, leaving a marked gap. */
    void observed(Observation observation, long nowNs);
}
