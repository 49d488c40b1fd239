package io.quorumfence.agent.core;

import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.EffectObservation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which alerts begin and end; not journalled, for each follows from what is. Whoever delivers them does it aside, and
 * nothing here waits for it.
 */
final class AlertRules {
    private static final long EVERY_NS = 500 * Timing.MILLI;
    /** Told of itself by status and metrics: an alert that cannot be delivered must not ask for another delivery. */
    private static final String OWN = "alert-undelivered";

    private AlertRules() {}

    static void progress(AgentState s, long nowNs, Out out) {
        if (nowNs < s.reacting.nextAlertNs) {
            return;
        }
        s.reacting.nextAlertNs = nowNs + EVERY_NS;
        Map<String, Alerts.Alert> standing = new LinkedHashMap<>();
        Alerts.standing(s, nowNs).forEach(alert -> standing.put(key(alert), alert));
        Map<String, Alerts.Alert> before = s.reacting.standing;
        if (standing.keySet().equals(before.keySet())) {
            return;
        }
        s.reacting.standing = Collections.unmodifiableMap(standing);
        before.forEach((key, alert) -> {
            if (!standing.containsKey(key)) {
                deliver(alert, false, out);
            }
        });
        standing.forEach((key, alert) -> {
            if (!before.containsKey(key)) {
                deliver(alert, true, out);
            }
        });
    }

    /** A warning of a lease counts its time down in its text, and is one alert all the same. */
    private static String key(Alerts.Alert alert) {
        return alert.code().startsWith("lease-") ? alert.code() : alert.code() + ' ' + alert.text();
    }

    private static void deliver(Alerts.Alert alert, boolean raised, Out out) {
        if (!alert.code().equals(OWN)) {
            out.command(new LocalCommand.DeliverAlert(alert.code(), alert.text(), raised));
        }
    }

    /** The alert stands until the host shows the pinned key again. */
    static void keyCompared(AgentState s, EffectObservation.HostKeyCompared compared) {
        if (compared.trouble().isEmpty()) {
            s.reacting.strangeKeys.remove(compared.host());
        } else {
            s.reacting.strangeKeys.put(compared.host(), compared.trouble());
        }
    }

    static void delivered(AgentState s, EffectObservation.AlertDelivered delivered, Out out) {
        if (delivered.ok()) {
            s.reacting.undelivered = "";
        } else {
            s.reacting.undelivered = "alert " + delivered.code() + " reached nobody: " + delivered.detail();
            out.event(new JournalEvent.AlertUndelivered(delivered.code(), delivered.detail()));
        }
    }
}
