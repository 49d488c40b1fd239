package io.quorumfence.lab;

import io.quorumfence.lab.scenario.ScenarioRunner;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code qf lab check}: reads scenarios without playing them. Needs no root. */
@Command(
        name = "check",
        description = "Read scenarios and say what is wrong with them.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "DIR", description = "Scenario folders, or folders of such.")
    private List<Path> folders = List.of();

    @Override
    public Integer call() {
        ScenarioRunner.names(folders).forEach(name -> System.out.println("ok  " + name));
        return 0;
    }
}
