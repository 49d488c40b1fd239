package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.local.StartMark;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The agent's main. Anything wrong at start is one line on standard error and exit code 78 (configuration). */
@Command(
        name = "qf-agent",
        mixinStandardHelpOptions = true,
        subcommands = {StorageInit.class, RecordCommand.class, ReplayCommand.class},
        description = "The host agent of Quorumfence.")
public final class AgentMain implements Callable<Integer> {
    static final int EXIT_CONFIG = 78;

    @Option(names = "--config", paramLabel = "FILE", description = "agent.yaml of this host")
    private Path config = Path.of("/etc/quorumfence/agent.yaml");

    public static void main(String[] args) {
        int code = new CommandLine(new AgentMain()).execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** Returns 0 once the agent runs; its threads keep the process alive. */
    @Override
    public Integer call() {
        try {
            // Every address is a literal: nothing here ever asks a name server.
            System.setProperty("vertx.disableDnsResolver", "true");
            AgentConfig read = AgentConfigFile.read(config);
            StartMark.leave(read.run());
            new AgentProcess(read).start();
            return 0;
        } catch (Exception e) {
            System.err.println("qf-agent: " + (e instanceof StartException ? e.getMessage() : e.toString()));
            return EXIT_CONFIG;
        }
    }
}
