package io.quorumfence.agent.journal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the alarm of each trouble once, when it begins, and once when it ends. Safe from any thread. */
final class Troubles {
    private static final Logger LOG = LoggerFactory.getLogger(Troubles.class);

    private final JournalAlarm alarm;
    private final Set<String> open = ConcurrentHashMap.newKeySet();

    Troubles(JournalAlarm alarm) {
        this.alarm = alarm;
    }

    void raise(String code, String text) {
        if (open.add(code)) {
            LOG.error("{}: {}", code, text);
            alarm.raised(code, text);
        }
    }

    void clear(String code) {
        if (open.remove(code)) {
            LOG.info("{}: over", code);
            alarm.cleared(code);
        }
    }
}
