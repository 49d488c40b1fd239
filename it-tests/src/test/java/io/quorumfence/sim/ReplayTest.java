package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.core.AgentState;
import io.quorumfence.agent.core.BootFacts;
import io.quorumfence.agent.journal.Journal;
import io.quorumfence.agent.journal.JournalAlarm;
import io.quorumfence.agent.journal.JournalSpec;
import io.quorumfence.agent.journal.JournalStart;
import io.quorumfence.agent.journal.Replay;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.VmId;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.LocalObservation;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.step.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Incidents of the simulated cell, written by the production journal and replayed from its files. */
class ReplayTest {
    @TempDir
    private Path directory;

    private final Map<String, Journal> journals = new HashMap<>();
    private final Map<String, List<JournalEvent>> decided = new HashMap<>();

    private final SimTap tap = new SimTap() {
        @Override
        public void started(SimHost host, BootFacts facts) {
            journal(host).started(new JournalStart(host.config, facts), host.nowNs(), 0);
        }

        @Override
        public void stepped(SimHost host, Observation observation, long nowNs, Step<AgentState> step) {
            Journal journal = journal(host);
            if (observation instanceof LocalObservation.Ticked) {
                journal.tick(nowNs, 0);
            } else {
                journal.observe(observation, nowNs, 0);
            }
            journal.append(step.events(), nowNs, 0);
            decided.computeIfAbsent(host.id.value(), id -> new ArrayList<>()).addAll(step.events());
            // The simulated cell is quicker than any disk; a production agent is not.
            while (journal.backlog() > 1_000) {
                Thread.onSpinWait();
            }
        }
    };

    private Journal journal(SimHost host) {
        return journals.computeIfAbsent(
                host.id.value(), id -> Journal.start(JournalSpec.in(directory.resolve(id), Map.of()), new Silent()));
    }

    private record Silent() implements JournalAlarm {
        @Override
        public void raised(String code, String text) {
            throw new AssertionError(code + ": " + text);
        }

        @Override
        public void cleared(String code) {}
    }

    private void runAnIncident(long seed) {
        SimCell cell =
                new SimCell(SimCellTest.configs(3, 3, WatchdogKind.FIFO_LAB, SelfFenceAction.STOP_VMS), seed, false);
        cell.tap = tap;
        cell.powerOnAll();
        cell.run(8_000);
        cell.host(0).adopt(new VmId(new UUID(7, 7)));
        cell.run(4_000);
        cell.host(1).agent.stop();
        cell.host(1).agent.start();
        cell.host(0).powerOff("test");
        cell.run(20_000);
        cell.host(0).powerOn();
        cell.run(10_000);
        journals.values().forEach(Journal::close);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 42, 4711})
    void theCoreDecidesTheSameFromTheJournalAlone(long seed) throws IOException {
        runAnIncident(seed);

        assertThat(decided).hasSize(3);
        for (Map.Entry<String, List<JournalEvent>> host : decided.entrySet()) {
            List<JournalEvent> again = new ArrayList<>();
            Replay.Report report = Replay.of(directory.resolve(host.getKey()), decision -> again.add(decision.event()));
            assertThat(report.difference()).isEmpty();
            assertThat(report.end()).isEmpty();
            assertThat(report.gaps() + report.skipped()).isEqualTo(1); // the head of the file, before the start
            assertThat(again).isEqualTo(host.getValue());
        }
        assertThat(decided.values().stream().flatMap(List::stream))
                .anyMatch(event -> event instanceof JournalEvent.HostJoined)
                .anyMatch(event -> event instanceof JournalEvent.ClaimSeen);
    }

    @Test
    void aChangedLineIsTheFirstDifferenceAndIsNamed() throws IOException {
        runAnIncident(42);
        Path file = onlyFile("h3");
        String text = Files.readString(file);
        String event = text.lines()
                .filter(line -> line.contains("\"kind\":\"event\"") && line.contains("HostJoined"))
                .findFirst()
                .orElseThrow();
        String number = event.substring(event.indexOf(':') + 1, event.indexOf(','));
        Files.writeString(
                file,
                text.replace(
                        event,
                        event.replace("\"HostJoined\"", "\"HostJoined\",\"x\":1")
                                .replaceFirst("\"recordVersion\":(\\d+)", "\"recordVersion\":9$1")));

        Replay.Report report = Replay.of(directory.resolve("h3"), decision -> {});

        assertThat(report.difference().orElseThrow()).startsWith("line " + number + ": the journal says ");
    }

    @Test
    void aMissingObservationShowsAndAGapIsNoDifference() throws IOException {
        runAnIncident(42);
        Path file = onlyFile("h2");
        List<String> lines = Files.readAllLines(file);
        int at = (int)
                lines.stream().takeWhile(line -> !line.contains("BallotsRead")).count();
        List<String> without = new ArrayList<>(lines);
        without.remove(at);
        Files.write(file, without, StandardCharsets.UTF_8);
        assertThat(Replay.of(file, decision -> {}).difference()).isPresent();

        String gap = lines.get(at).replaceFirst("\"kind\":.*", "\"kind\":\"gap\",\"why\":\"x\"}");
        lines.set(at, gap);
        Files.write(file, lines, StandardCharsets.UTF_8);
        Replay.Report report = Replay.of(file, decision -> {});
        assertThat(report.difference()).isEmpty();
        assertThat(report.gaps()).isEqualTo(1);
        assertThat(report.processes()).isEqualTo(2); // the agent was restarted: that part is replayed again
    }

    private Path onlyFile(String host) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(host))) {
            return files.findFirst().orElseThrow();
        }
    }
}
