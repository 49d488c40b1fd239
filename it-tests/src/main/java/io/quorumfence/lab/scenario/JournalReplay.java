package io.quorumfence.lab.scenario;

import io.quorumfence.agent.journal.Replay;
import io.quorumfence.lab.ground.LabException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Feeds the journals that a run's agents left into the core again: it must decide the same. */
final class JournalReplay {
    private JournalReplay() {}

    /**
     * What was replayed of all hosts, and what differs.
     *
     * @param differences one line each
     */
    record Outcome(int processes, long steps, long decisions, List<String> differences) {}

    /**
     * @param logs the collected folders, one a host
     * @throws LabException when a journal cannot be read
     */
    static Outcome of(Path logs) {
        int processes = 0;
        long steps = 0;
        long decisions = 0;
        List<String> differences = new ArrayList<>();
        for (Path journal : journals(logs)) {
            String host = logs.relativize(journal).getName(0).toString();
            try {
                Replay.Report report = Replay.of(journal, decision -> {});
                processes += report.processes();
                steps += report.steps();
                decisions += report.decisions();
                report.difference()
                        .ifPresent(difference -> differences.add(
                                "the journal of " + host + " decides otherwise when it is replayed: " + difference));
            } catch (IOException | IllegalArgumentException e) {
                differences.add("the journal of " + host + " cannot be replayed: " + e.getMessage());
            }
        }
        return new Outcome(processes, steps, decisions, differences);
    }

    private static List<Path> journals(Path logs) {
        List<Path> journals = new ArrayList<>();
        try (DirectoryStream<Path> hosts = Files.newDirectoryStream(logs, Files::isDirectory)) {
            for (Path host : hosts) {
                Path journal = host.resolve("var-lib-quorumfence/journal");
                if (Files.isDirectory(journal)) {
                    journals.add(journal);
                }
            }
        } catch (IOException e) {
            throw new LabException("cannot list the collected logs: " + e.getMessage(), e);
        }
        return journals;
    }
}
