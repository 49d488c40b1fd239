package io.quorumfence.lab;

import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.ground.Labs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code qf lab shell h1}: a shell, or one command, inside a host of a lab. */
@Command(name = "shell", description = "A shell or a command inside a host.", mixinStandardHelpOptions = true)
final class ShellCommand implements Callable<Integer> {
    @Option(names = "--lab", description = "Which lab (default: the only one).")
    private String lab = "";

    @Parameters(index = "0", paramLabel = "HOST", description = "h1, h2, ...")
    private String host = "";

    @Parameters(index = "1..*", paramLabel = "COMMAND", description = "What to run (default: bash).")
    private List<String> command = List.of();

    @Override
    public Integer call() throws InterruptedException {
        List<String> words = new ArrayList<>(Labs.inside(chosen(), host));
        words.addAll(command.isEmpty() ? List.of("bash") : command);
        try {
            return new ProcessBuilder(words).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new LabException("cannot enter " + host + ": " + e.getMessage(), e);
        }
    }

    private String chosen() {
        List<String> ids = Labs.ids();
        if (!lab.isEmpty()) {
            return lab;
        }
        if (ids.size() != 1) {
            throw new LabException("which lab? there are " + ids + "; --lab NAME says it");
        }
        return ids.get(0);
    }
}
