package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.AgentReport.Answered;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinator has of one configured agent.
 *
 * @param latest how the newest poll ended, null before the first
 * @param lastAnswer the newest poll that was answered readably
 */
public record AgentTrack(
        @Nullable AgentReport latest, @Nullable Answered lastAnswer) {
    public static final AgentTrack UNTRIED = new AgentTrack(null, null);

    AgentTrack with(AgentReport report) {
        // Polls of one agent never overlap; a late one that slipped through must not bring an older view back.
        if (latest != null && report.startedNs() < latest.startedNs()) {
            return this;
        }
        return new AgentTrack(report, report instanceof Answered answer ? answer : lastAnswer);
    }

    /** The newest poll, if it was answered. */
    public Optional<Answered> answered() {
        return latest instanceof Answered answer ? Optional.of(answer) : Optional.empty();
    }

    /** The last readable answer that is not older than the bound, whatever came after it. */
    public Optional<Answered> answeredSince(long sinceNs) {
        return lastAnswer != null && lastAnswer.startedNs() >= sinceNs ? Optional.of(lastAnswer) : Optional.empty();
    }

    boolean isPolledSince(long sinceNs) {
        return latest != null && latest.startedNs() >= sinceNs;
    }
}
