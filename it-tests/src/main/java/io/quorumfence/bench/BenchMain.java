package io.quorumfence.bench;

import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.scenario.ScenarioException;
import io.quorumfence.sim.SimBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry of {@code qf bench}. Exit codes: 0 measured, 1 a run failed, 2 wrong usage or no lab here. */
@Command(name = "qf", subcommands = BenchMain.Bench.class, mixinStandardHelpOptions = true)
public final class BenchMain {
    private static final int WRONG = 2;

    @Command(
            name = "bench",
            description = "Measurements, on real hosts and of the simulator; one JSON object a line.",
            subcommands = {FailoverBench.class, RestBench.class, HangBench.class, PermitsBench.class, SimBench.class},
            mixinStandardHelpOptions = true)
    static final class Bench {}

    private BenchMain() {}

    public static void main(String[] words) {
        System.exit(new CommandLine(new BenchMain())
                .setExecutionExceptionHandler((problem, line, result) -> {
                    if (problem instanceof LabException
                            || problem instanceof ScenarioException
                            || problem instanceof IllegalArgumentException) {
                        line.getErr().println("qf: " + problem.getMessage());
                        return WRONG;
                    }
                    throw problem;
                })
                .execute(words));
    }
}
