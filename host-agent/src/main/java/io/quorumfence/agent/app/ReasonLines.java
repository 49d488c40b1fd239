package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.local.Syslog;
import io.quorumfence.agent.effect.local.Syslog.Severity;
import io.quorumfence.model.event.JournalEvent;
import java.util.List;
import java.util.Optional;

/** Which decisions are also said to the host's log, before they take effect, and how urgent they are. */
final class ReasonLines {
    private final Syslog syslog;

    ReasonLines(Syslog syslog) {
        this.syslog = syslog;
    }

    void say(List<JournalEvent> events) {
        for (JournalEvent event : events) {
            severity(event).ifPresent(severity -> syslog.say(severity, event.toString()));
        }
    }

    static Optional<Severity> severity(JournalEvent event) {
        if (event instanceof JournalEvent.SelfFenceStarted
                || event instanceof JournalEvent.LeaseLost
                || event instanceof JournalEvent.SelfFenceEnded
                || event instanceof JournalEvent.ExecuteObeyed) {
            return Optional.of(Severity.CRITICAL);
        }
        if (event instanceof JournalEvent.LeaseWarned
                || event instanceof JournalEvent.WatchdogMissing
                || event instanceof JournalEvent.StorageDropped
                || event instanceof JournalEvent.DeathConfirmed
                || event instanceof JournalEvent.ConfirmationDropped
                || event instanceof JournalEvent.ReleaseAwaited) {
            return Optional.of(Severity.WARNING);
        }
        return event instanceof JournalEvent.LeaseSafeAgain
                        || event instanceof JournalEvent.WatchdogFound
                        || event instanceof JournalEvent.HostReleased
                ? Optional.of(Severity.NOTICE)
                : Optional.empty();
    }
}
