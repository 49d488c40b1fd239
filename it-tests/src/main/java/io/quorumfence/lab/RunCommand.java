package io.quorumfence.lab;

import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.report.RunResult;
import io.quorumfence.lab.scenario.ScenarioRunner;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code qf lab run}: plays scenarios, one lab after the other. */
@Command(name = "run", description = "Play scenarios and judge them.", mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private static final int STORAGES_MAX = 5;

    @Parameters(arity = "1..*", paramLabel = "DIR", description = "Scenario folders, or folders of such.")
    private List<Path> folders = List.of();

    @Option(
            names = "--json",
            description = "One JSON object per run on standard output; the rest goes to standard error.")
    private boolean json;

    @Option(names = "--repeat", paramLabel = "N", defaultValue = "1", description = "Run each scenario N times.")
    private int repeat;

    @Option(
            names = "--again",
            description = "Play a failed scenario once more; never one in which an invariant was violated.")
    private boolean again;

    @Option(
            names = "--storages",
            paramLabel = "N",
            defaultValue = "0",
            description = "So many quorum storages instead of the scenarios' own.")
    private int storages;

    @Option(names = "--keep", description = "Leave the lab of a failed run up.")
    private boolean keep;

    @Option(names = "--tier", defaultValue = "", description = "ci: leave the nightly scenarios out.")
    private String tier = "";

    @Option(names = "--reports", description = "Where the runs' folders go (default: target/lab-runs).")
    private @Nullable Path reports;

    @Option(names = "--quiet", description = "Do not print each run's timeline while it runs.")
    private boolean quiet;

    @Override
    public Integer call() {
        if (storages < 0 || storages > STORAGES_MAX) {
            throw new LabException("--storages is 1 to " + STORAGES_MAX + ", not " + storages);
        }
        Checkout checkout = Checkout.find();
        Path into = reports != null ? reports : checkout.home().resolve("target/lab-runs");
        ScenarioRunner runner = new ScenarioRunner(checkout, into, keep, storages, line -> {
            if (!quiet) {
                System.err.println(line);
            }
        });
        return runner.run(folders, tier, repeat, again, this::show) ? 0 : 1;
    }

    private void show(RunResult result) {
        System.out.println(json ? result.line() : words(result));
        System.out.flush();
        result.failures().forEach(failure -> System.err.println(result.scenario() + ": " + failure));
    }

    private static String words(RunResult result) {
        String decision = result.decision().isEmpty() ? "" : ", " + result.decision() + " (" + result.reason() + ")";
        String took = result.secondsToDecision() < 0
                ? ""
                : String.format(Locale.ROOT, " after %.1f s", result.secondsToDecision());
        return (result.passed() ? "passed  " : "FAILED  ") + result.scenario() + decision + took
                + String.format(Locale.ROOT, "  [%.0f s, ", result.seconds()) + result.report() + "]";
    }
}
