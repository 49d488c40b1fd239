package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.local.StartMark;
import io.quorumfence.config.Meaning;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The agent's main. Anything wrong at start is one line on standard error; exit code 64 for the command line, 78 for
 * the configuration and what it names, 69 when something right is not to be had.
 */
@Command(
        name = "qf-agent",
        mixinStandardHelpOptions = true,
        subcommands = {
            StorageInit.class,
            RecordCommand.class,
            ReplayCommand.class,
            ConfigCommand.class,
            PowerCommand.class
        },
        description = "The host agent of Quorumfence.")
public final class AgentMain implements Callable<Integer> {
    static final int EXIT_USAGE = 64;
    static final int EXIT_CONFIG = StartException.CONFIG;
    static final int EXIT_UNAVAILABLE = StartException.UNAVAILABLE;

    @Option(names = "--config", paramLabel = "FILE", description = "agent.yaml of this host")
    private Path config = Path.of("/etc/quorumfence/agent.yaml");

    @Option(
            names = "--agent-properties",
            paramLabel = "FILE",
            description = "CloudStack's agent.properties of this host: what agent.yaml does not say of the self-fence")
    private @Nullable Path properties;

    @Option(
            names = "--check",
            description = "only read the file: says what is wrong with it, or what should be known; starts nothing")
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
        CommandLine line = new CommandLine(new AgentMain());
        line.setParameterExceptionHandler((problem, words) -> {
            problem.getCommandLine()
                    .getErr()
                    .println("qf-agent: " + problem.getMessage() + "; --help lists what it takes");
            return EXIT_USAGE;
        });
        return line;
    }

    /** Returns 0 once the agent runs; its threads keep the process alive. */
    @Override
    public Integer call() {
        try {
            // Every address is a literal: nothing here ever asks a name server.
            System.setProperty("vertx.disableDnsResolver", "true");
            AgentConfigFile.Explained explained = read();
            AgentConfig read = explained.config();
            if (check) {
                PrintWriter out = spec.commandLine().getOut();
                read.notices().forEach(out::println);
                out.println(Meaning.of(read.cell(), explained.budget()));
                out.println(config + ": right");
                return 0;
            }
            List<String> warnings =
                    new ArrayList<>(Secrets.check(read.security(), read.cell().host()));
            StartMark.leave(read.run()).ifPresent(warnings::add);
            new AgentProcess(read, warnings, Meaning.of(read.cell(), explained.budget())).start();
            Reload.on(this::read, read.cell(), Secrets.macKeys(read.security()));
            return 0;
        } catch (StartException e) {
            return failed(e.getMessage(), e.exitCode());
        } catch (IOException e) {
            return failed(said(e), EXIT_UNAVAILABLE);
        } catch (RuntimeException e) {
            return failed(e.toString(), EXIT_CONFIG);
        }
    }

    private AgentConfigFile.Explained read() {
        AgentProperties old = properties == null ? AgentProperties.none() : AgentProperties.read(properties);
        return AgentConfigFile.explained(config, old);
    }

    /** Ours say all there is to say; of the JDK's the text is only a path. */
    private static String said(IOException e) {
        return e.getClass() == IOException.class ? String.valueOf(e.getMessage()) : e.toString();
    }

    private int failed(@Nullable String line, int code) {
        spec.commandLine().getErr().println("qf-agent: " + line);
        return code;
    }
}
