package io.quorumfence.lab.scenario;

import io.quorumfence.check.Evidence;
import io.quorumfence.check.Evidence.Decision;
import io.quorumfence.check.Finding;
import io.quorumfence.check.Judge;
import io.quorumfence.lab.cell.LiveCell;
import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.report.ReportFolder;
import io.quorumfence.lab.report.RunResult;
import io.quorumfence.lab.watch.Timeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** One run of one scenario, from boot to clean-up. */
final class ScenarioRun {
    private final Scenario scenario;
    private final int repetition;
    private final Path report;
    private final boolean keep;
    private final Consumer<String> progress;
    private final Timeline timeline = new Timeline();
    private final List<String> failures = new ArrayList<>();

    /**
     * @param report the folder for what the run leaves
     * @param keep whether a failed run's lab stays up to be looked at
     */
    ScenarioRun(Scenario scenario, int repetition, Path report, boolean keep, Consumer<String> progress) {
        this.scenario = scenario;
        this.repetition = repetition;
        this.report = report;
        this.keep = keep;
        this.progress = progress;
    }

    RunResult run(Checkout checkout) {
        long beganNs = System.nanoTime();
        timeline.listen(entry -> progress.accept(shown(entry)));
        try (LiveCell cell =
                LiveCell.boot(scenario.plan(), checkout, timeline, line -> timeline.note("lab", "", line, ""))) {
            return play(cell, beganNs);
        } catch (LabException e) {
            failures.add("the lab: " + e.getMessage());
            RunResult result = result(Optional.empty(), -1, Map.of(), beganNs);
            ReportFolder.write(result, nothing(), timeline);
            return result;
        }
    }

    private RunResult play(LiveCell cell, long beganNs) {
        Stage stage = new Stage(cell);
        try {
            cell.awaitJoined();
            cell.startFirst(scenario.vms());
            failures.addAll(new ScenarioPlay(stage).play(scenario.steps()));
        } catch (LabException e) {
            failures.add("before the first step: " + e.getMessage());
        }
        long lostNs = stage.moment(scenario.lossStep()).orElse(-1);
        Evidence evidence = cell.evidence(scenario.budgetMs());
        Map<String, Finding> findings = new LinkedHashMap<>(Judge.judge(evidence, lostNs));
        cell.lab().collect(report);
        Outcome outcome = new Outcome(stage, evidence, findings, report);
        if (failures.isEmpty()) {
            scenario.checks().forEach(check -> failures.addAll(check.failures().apply(outcome)));
        }
        findings.forEach((name, finding) -> {
            if (finding.isViolated() && !scenario.expectedViolations().contains(name)) {
                failures.add(name + " is violated: " + finding.why());
            }
        });
        JournalReplay.Outcome replay = JournalReplay.of(report);
        timeline.note(
                "lab",
                "",
                "journals replayed",
                replay.processes() + " processes, " + replay.steps() + " steps, " + replay.decisions() + " decisions");
        failures.addAll(replay.differences());
        RunResult result = result(outcome.decision(), lostNs, findings, beganNs);
        ReportFolder.write(result, evidence, timeline);
        if (keep && !result.passed()) {
            cell.lab().keep();
            progress.accept("the lab stays up: " + cell.lab().dir() + " (./qf lab down "
                    + scenario.plan().id() + ")");
        }
        return result;
    }

    private RunResult result(Optional<Decision> decision, long lostNs, Map<String, Finding> findings, long beganNs) {
        double took = lostNs < 0 || decision.isEmpty() ? -1 : (decision.get().answeredNs() - lostNs) / 1e9;
        return new RunResult(
                scenario.name(),
                repetition,
                decision.map(Decision::verdict).orElse(""),
                decision.map(Decision::reason).orElse(""),
                took,
                findings,
                failures,
                (System.nanoTime() - beganNs) / 1e9,
                report);
    }

    private static Evidence nothing() {
        return new Evidence(
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new Evidence.Terms(0, 0, 0, 0, 0, 0, Set.of()));
    }

    private String shown(Timeline.Entry entry) {
        return String.format(
                Locale.ROOT,
                "%8.3f  %-7s %s%s",
                timeline.seconds(entry.atNs()),
                entry.kind(),
                entry.event(),
                entry.detail().isEmpty() ? "" : "  (" + entry.detail() + ")");
    }
}
