package io.quorumfence.agent.journal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what it was told. */
final class AlarmLog implements JournalAlarm {
    private final List<String> log = new CopyOnWriteArrayList<>();

    @Override
    public void raised(String code, String text) {
        log.add("raised " + code);
    }

    @Override
    public void cleared(String code) {
        log.add("cleared " + code);
    }

    List<String> log() {
        return log;
    }
}
