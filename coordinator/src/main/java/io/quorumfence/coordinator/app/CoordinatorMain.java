package io.quorumfence.coordinator.app;

import io.quorumfence.coordinator.config.ConfigFault;
import io.quorumfence.coordinator.config.ConfigReader;
import io.quorumfence.coordinator.store.HistoryFault;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The coordinator's main. Whatever is wrong at start is one line on standard error; exit code 78 for the configuration,
 * 74 for the history, 69 when it cannot listen.
 */
@Command(
        name = "qf-coordinator",
        mixinStandardHelpOptions = true,
        description = "The start gate of Quorumfence: asks the agents, answers clouds and people.")
public final class CoordinatorMain implements Callable<Integer> {
    static final int EXIT_UNAVAILABLE = 69;
    static final int EXIT_IO = 74;
    static final int EXIT_CONFIG = 78;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "coordinator.yaml")
    private Path config = Path.of("/etc/quorumfence/coordinator.yaml");

    public static void main(String[] args) {
        int code = new CommandLine(new CoordinatorMain()).execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** Returns 0 once the coordinator serves; its threads keep the process alive. */
    @Override
    public Integer call() {
        try {
            Coordinator running = Coordinator.start(ConfigReader.read(config));
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

    private static int fail(Exception why, int code) {
        System.err.println("qf-coordinator: " + why.getMessage());
        return code;
    }
}
