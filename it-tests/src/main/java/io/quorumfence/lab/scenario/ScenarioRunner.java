package io.quorumfence.lab.scenario;

import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.report.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Runs scenario folders one after the other. */
public final class ScenarioRunner {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss");

    private final Checkout checkout;
    private final Path reports;
    private final boolean keep;
    private final int storages;
    private final Consumer<String> progress;

    /**
     * @param reports below which each run gets a folder of its own
     * @param keep whether the lab of a failed run stays up
     * @param storages quorum storages of every lab instead of the scenarios' own; 0 leaves them
     * @param progress one line for each event of a run
     */
    public ScenarioRunner(Checkout checkout, Path reports, boolean keep, int storages, Consumer<String> progress) {
        this.checkout = checkout;
        this.reports = reports.toAbsolutePath().normalize();
        this.keep = keep;
        this.storages = storages;
        this.progress = progress;
    }

    /**
     * Reads all scenarios first, so that a mistake in the last one is known before the first one runs.
     *
     * @param folders scenario folders, or folders of such
     * @param tier {@code ci} leaves the nightly ones out; {@code nightly} and the empty text run all
     * @param again whether a run that failed is played once more; one with a violated invariant never is
     * @return whether all passed, at the second try where there was one
     */
    public boolean run(List<Path> folders, String tier, int repeat, boolean again, Consumer<RunResult> done) {
        List<Scenario> chosen = folders.stream()
                .flatMap(ScenarioRunner::scenarioFolders)
                .map(folder -> ScenarioReader.read(folder, storages))
                .filter(scenario -> !tier.equals("ci") || scenario.tier().equals("ci"))
                .toList();
        if (chosen.isEmpty()) {
            throw new ScenarioException("no scenario.yaml in or below " + folders);
        }
        String stamp = STAMP.format(LocalDateTime.now(ZoneId.systemDefault()));
        boolean passed = true;
        for (Scenario scenario : chosen) {
            for (int n = 1; n <= repeat; n++) {
                Path folder = reports.resolve(stamp).resolve(scenario.name() + (repeat > 1 ? "-" + n : ""));
                progress.accept("== " + scenario.name() + (repeat > 1 ? " (" + n + " of " + repeat + ")" : ""));
                RunResult result = play(scenario, n, folder);
                done.accept(result);
                if (again && !result.passed() && !result.violated()) {
                    progress.accept(
                            "== " + scenario.name() + " once more: a time limit on a busy machine, or a fault?");
                    result = play(scenario, n, folder.resolveSibling(folder.getFileName() + "-again"));
                    done.accept(result);
                }
                passed &= result.passed();
            }
        }
        return passed;
    }

    /** Every run is a lab of its own: the id is drawn when the scenario is read. */
    private RunResult play(Scenario scenario, int n, Path folder) {
        Scenario fresh = ScenarioReader.read(scenario.dir(), storages);
        return new ScenarioRun(fresh, n, folder, keep, progress).run(checkout);
    }

    /** Reads the scenarios without playing them; the names of those that can be played. */
    public static List<String> names(List<Path> folders) {
        return folders.stream()
                .flatMap(ScenarioRunner::scenarioFolders)
                .map(ScenarioReader::read)
                .map(Scenario::name)
                .toList();
    }

    private static Stream<Path> scenarioFolders(Path named) {
        if (Files.exists(named.resolve("scenario.yaml"))) {
            return Stream.of(named);
        }
        if (!Files.isDirectory(named)) {
            throw new ScenarioException(named + ": is no folder with a scenario.yaml");
        }
        try (Stream<Path> inside = Files.list(named)) {
            return new ArrayList<>(inside.filter(folder -> Files.exists(folder.resolve("scenario.yaml")))
                            .sorted()
                            .toList())
                    .stream();
        } catch (IOException e) {
            throw new ScenarioException(named + ": cannot be listed (" + e.getMessage() + ")");
        }
    }
}
