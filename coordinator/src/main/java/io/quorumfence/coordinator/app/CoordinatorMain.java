package io.quorumfence.coordinator.app;

import io.quorumfence.coordinator.config.ConfigFault;
import io.quorumfence.coordinator.config.ConfigReader;
import io.quorumfence.coordinator.config.CoordinatorConfig;
import io.quorumfence.coordinator.store.HistoryFault;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The coordinator's main. Whatever is wrong at start is one line on standard error; exit code 64 for the command line,
 * 78 for the configuration, 74 for the history, 69 when it cannot listen.
 */
@Command(
        name = "qf-coordinator",
        mixinStandardHelpOptions = true,
        description = "The start gate of Quorumfence: asks the agents, answers clouds and people.")
public final class CoordinatorMain implements Callable<Integer> {
    static final int EXIT_USAGE = 64;
    static final int EXIT_UNAVAILABLE = 69;
    static final int EXIT_IO = 74;
    static final int EXIT_CONFIG = 78;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "coordinator.yaml")
    private Path config = Path.of("/etc/quorumfence/coordinator.yaml");

    @Option(names = "--check", description = "only read the file: says what is wrong with it; starts nothing")
    private boolean check;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    public static void main(String[] args) {
        int code = commandLine().execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** The command line, where a wrong one is 64 and one line. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new CoordinatorMain());
        line.setParameterExceptionHandler((problem, words) -> {
            problem.getCommandLine()
                    .getErr()
                    .println("qf-coordinator: " + problem.getMessage() + "; --help lists what it takes");
            return EXIT_USAGE;
        });
        return line;
    }

    /** Returns 0 once the coordinator serves; its threads keep the process alive. */
    @Override
    public Integer call() {
        try {
            CoordinatorConfig read = ConfigReader.read(config);
            if (check) {
                spec.commandLine().getOut().println(config + ": right");
                return 0;
            }
            Coordinator running = Coordinator.start(read);
            Runtime.getRuntime().addShutdownHook(new Thread(running::close, "qf-stop"));
            return 0;
        } catch (ConfigFault e) {
            return fail(e, EXIT_CONFIG);
        } catch (HistoryFault e) {
            return fail(e, EXIT_IO);
        } catch (CannotListen e) {
            return fail(e, EXIT_UNAVAILABLE);
        }
    }

    private int fail(Exception why, int code) {
        spec.commandLine().getErr().println("qf-coordinator: " + why.getMessage());
        return code;
    }
}
