package io.quorumfence.agent.app;

import io.quorumfence.agent.journal.Journal;
import io.quorumfence.agent.journal.JournalAlarm;
import io.quorumfence.agent.journal.JournalSpec;
import io.quorumfence.agent.journal.JournalStart;
import io.quorumfence.agent.shell.EventLog;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.Observation;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journal as the shell sees it; stamps each entry with the wall clock, for people. */
final class JournalLog implements EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(JournalLog.class);

    private final Journal journal;
    private final ReasonLines lines;

    JournalLog(AgentConfig config, UUID boot, ReasonLines lines) {
        this.lines = lines;
        Map<String, String> about = Map.of(
                "cell", config.cell().cell().value(),
                "host", config.cell().host().value(),
                "boot", boot.toString());
        journal = Journal.start(JournalSpec.in(config.journal(), about), new JournalAlarm() {
            @Override
            public void raised(String code, String text) {
                LOG.error("{}: {}", code, text);
            }

            @Override
            public void cleared(String code) {
                LOG.info("{} is over", code);
            }
        });
    }

    /** Before the first step. */
    void started(JournalStart start, long nowNs) {
        journal.started(start, nowNs, System.currentTimeMillis());
    }

    @Override
    public void ticked(long nowNs) {
        journal.tick(nowNs, System.currentTimeMillis());
    }

    @Override
    public CompletionStage<Void> append(List<JournalEvent> events, long nowNs) {
        lines.say(events); // a datagram, at once: it is out whatever the journal's disk does
        return journal.append(events, nowNs, System.currentTimeMillis());
    }

    @Override
    public void observed(Observation observation, long nowNs) {
        journal.observe(observation, nowNs, System.currentTimeMillis());
    }
}
