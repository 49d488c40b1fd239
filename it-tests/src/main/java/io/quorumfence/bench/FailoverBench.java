package io.quorumfence.bench;

import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.report.RunResult;
import io.quorumfence.lab.scenario.ScenarioRunner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How long from the fault to ALLOW, over several runs of a scenario that names its budget. */
@Command(
        name = "failover",
        description = "Seconds from the fault to ALLOW: best, median and worst of several lab runs, beside the load.",
        mixinStandardHelpOptions = true)
final class FailoverBench implements Callable<Integer> {
    @Parameters(
            arity = "0..*",
            paramLabel = "SCENARIO",
            description = "Names below it-tests/scenarios; default: ${DEFAULT-VALUE}",
            defaultValue = "power-loss-3s")
    private List<String> scenarios = List.of();

    @Option(names = "--runs", defaultValue = "10", description = "Runs of each; default ${DEFAULT-VALUE}")
    private int runs;

    @Override
    public Integer call() {
        Checkout checkout = Checkout.find();
        boolean passed = true;
        for (String scenario : scenarios) {
            List<RunResult> results = new ArrayList<>();
            List<Double> loads = new ArrayList<>();
            ScenarioRunner runner =
                    new ScenarioRunner(checkout, checkout.home().resolve("target/bench-runs"), false, 0, line -> {});
            passed &= runner.run(
                    List.of(checkout.home().resolve("it-tests/scenarios").resolve(scenario)),
                    "",
                    runs,
                    false,
                    result -> {
                        System.err.println(result.line());
                        results.add(result);
                        loads.add(Figures.load());
                    });
            Figures.print(figures(scenario, results, loads));
        }
        return passed ? 0 : 1;
    }

    private static Map<String, Object> figures(String scenario, List<RunResult> results, List<Double> loads) {
        List<Double> seconds = results.stream()
                .filter(RunResult::passed)
                .map(RunResult::secondsToDecision)
                .filter(took -> took >= 0)
                .map(Figures::round)
                .toList();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("bench", "failover");
        figures.put("scenario", scenario);
        figures.put("runs", results.size());
        figures.put("passed", results.stream().filter(RunResult::passed).count());
        figures.put("minSeconds", seconds.isEmpty() ? Double.NaN : Collections.min(seconds));
        figures.put("medianSeconds", Figures.round(Figures.median(seconds)));
        figures.put("worstSeconds", seconds.isEmpty() ? Double.NaN : Collections.max(seconds));
        figures.put("seconds", seconds);
        figures.put("loadAverages", loads);
        return figures;
    }
}
