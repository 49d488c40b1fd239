package io.quorumfence.coordinator.cli;

import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code qf}: asks the coordinator and prints its answers for people, or as they are for programs. */
@Command(
        name = "qf",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        description = "Asks a Quorumfence coordinator.",
        exitCodeOnInvalidInput = Exit.USAGE,
        exitCodeOnExecutionException = Exit.SOFTWARE,
        subcommands = {
            StatusCommand.class,
            HostsCommand.class,
            HostCommand.class,
            CellCommand.class,
            VmCommand.class,
            StartRequestCommand.class,
            CancelCommand.class,
            RedeemCommand.class,
            DecisionsCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 done, healthy or ALLOW; 1 degraded; 2 critical; 3 REFUSE; 4 PENDING;",
            "64 the command line or the request is wrong; 69 nobody answers; 70 a fault in qf or the coordinator."
        })
public final class Qf implements Runnable {
    private static final String COORDINATOR = "QF_COORDINATOR";

    @Option(
            names = "--coordinator",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "where the coordinator listens; default $QF_COORDINATOR, else http://127.0.0.1:8080")
    private String coordinator;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            description = "text or json; json prints the coordinator's answer as it is")
    private Output output = Output.text;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** How to print. */
    enum Output {
        text,
        json
    }

    private Qf(Map<String, String> environment) {
        coordinator = environment.getOrDefault(COORDINATOR, "http://127.0.0.1:8080");
    }

    public static void main(String[] args) {
        // Before the first logger: what qf has to say is on its own lines.
        System.setProperty("qf.log", "OFF");
        System.exit(command(System.getenv()).execute(args));
    }

    /** The command line, for the main and for tests that give it their own streams. */
    static CommandLine command(Map<String, String> environment) {
        return new CommandLine(new Qf(environment))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Qf::wrongUsage)
                .setExecutionExceptionHandler(Qf::failed);
    }

    private static int wrongUsage(CommandLine.ParameterException why, String[] args) {
        CommandLine at = why.getCommandLine();
        String line = String.valueOf(why.getMessage()).replaceAll("\\s+", " ");
        at.getErr().println("qf: " + line + "; see " + at.getCommandSpec().qualifiedName() + " --help");
        return Exit.USAGE;
    }

    private static int failed(Exception why, CommandLine at, CommandLine.ParseResult parsed) {
        if (why instanceof CliFault fault) {
            at.getErr().println("qf: " + fault.getMessage());
            return fault.exit();
        }
        at.getErr().println("qf: a fault in qf: " + why);
        return Exit.SOFTWARE;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }

    CoordinatorClient client() {
        return new CoordinatorClient(coordinator);
    }

    boolean wantsJson() {
        return output == Output.json;
    }

    /** Where results go. */
    PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
