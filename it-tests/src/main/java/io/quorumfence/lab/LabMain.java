package io.quorumfence.lab;

import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.scenario.ScenarioException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry of {@code qf lab} and {@code qf demo}. Exit codes: 0 as promised, 1 not so, 2 wrong usage or no lab here. */
@Command(
        name = "qf",
        subcommands = {LabMain.LabGroup.class, DemoCommand.class},
        mixinStandardHelpOptions = true)
public final class LabMain {
    private static final int WRONG = 2;

    @Command(
            name = "lab",
            description = "Real hosts on one machine.",
            subcommands = {
                UpCommand.class,
                RunCommand.class,
                DownCommand.class,
                ListCommand.class,
                ShellCommand.class,
                CheckCommand.class
            },
            mixinStandardHelpOptions = true)
    static final class LabGroup {}

    private LabMain() {}

    public static void main(String[] words) {
        System.exit(commandLine().execute(words));
    }

    static CommandLine commandLine() {
        return new CommandLine(new LabMain())
                .setUsageHelpLongOptionsMaxWidth(30)
                .setExecutionExceptionHandler((problem, line, result) -> {
                    if (problem instanceof LabException || problem instanceof ScenarioException) {
                        line.getErr().println("qf: " + problem.getMessage());
                        return WRONG;
                    }
                    throw problem;
                });
    }
}
