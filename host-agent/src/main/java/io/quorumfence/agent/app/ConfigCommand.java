package io.quorumfence.agent.app;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Deadlines;
import io.quorumfence.config.DurationText;
import io.quorumfence.config.Meaning;
import io.quorumfence.model.SelfFenceAction;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code config explain}: every effective value, where it came from, what it does, and the failover budget. */
@Command(name = "config", description = "What agent.yaml means.", subcommands = ConfigCommand.Explain.class)
final class ConfigCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to do with the configuration: explain");
    }

    /** {@code config explain}. */
    @Command(
            name = "explain",
            mixinStandardHelpOptions = true,
            description = "Prints every effective value with its source, and the failover budget with its arithmetic.",
            footer = {"", "Exit codes: 0 the configuration is right; 64 usage; 78 it is not."})
    static final class Explain implements Callable<Integer> {
        @Option(names = "--config", paramLabel = "FILE", description = "agent.yaml; default ${DEFAULT-VALUE}")
        private Path config = Path.of("/etc/quorumfence/agent.yaml");

        @Option(names = "--agent-properties", paramLabel = "FILE", description = "CloudStack's agent.properties")
        private @Nullable Path properties;

        @Option(names = "--json", description = "one JSON document")
        private boolean json;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() {
            try {
                AgentConfigFile.Explained read = AgentConfigFile.explained(
                        config, properties == null ? AgentProperties.none() : AgentProperties.read(properties));
                PrintWriter out = spec.commandLine().getOut();
                if (json) {
                    out.println(json(read).encodePrettily());
                } else {
                    text(read, out);
                }
                out.flush();
                return 0;
            } catch (StartException e) {
                spec.commandLine().getErr().println("qf config explain: " + e.getMessage());
                return e.exitCode();
            }
        }

        private static void text(AgentConfigFile.Explained read, PrintWriter out) {
            KeyTexts texts = KeyTexts.shipped();
            for (Ledger.Setting setting : read.settings()) {
                out.println(setting.key() + " = " + setting.value() + "    [" + setting.source() + "]");
                texts.about(setting.key()).forEach(line -> out.println("    " + line));
            }
            out.println();
            out.println("budget");
            out.println("    " + arithmetic(read));
            boolean enforced = read.config().cell().configuredReaction().isEnforceable();
            out.println((enforced
                            ? "    a failover by time takes up to "
                                    + DurationText.of(read.budget().inForce())
                            : "    there is no failover by time")
                    + "; profile " + read.profile().name().toLowerCase(Locale.ROOT) + " publishes "
                    + DurationText.of(read.budget().published()));
            read.config().notices().forEach(line -> out.println("    " + line));
            out.println(Meaning.of(read.config().cell(), read.budget()));
        }

        /** T_takeover with its numbers. */
        private static String arithmetic(AgentConfigFile.Explained read) {
            CellConfig cell = read.config().cell();
            Deadlines d = cell.deadlines();
            String act = cell.action() == SelfFenceAction.REBOOT ? "0ms" : DurationText.of(d.act());
            return "T_takeover = (T_self " + DurationText.of(d.self()) + " + T_act " + act + " + 2 * T_wd "
                    + DurationText.of(d.watchdog()) + ") * (1 + rho) / (1 - rho) + margin "
                    + DurationText.of(d.margin())
                    + " = " + DurationText.of(read.budget().takeover()) + ", rho " + cell.rhoPpm() + " ppm";
        }

        private static JsonObject json(AgentConfigFile.Explained read) {
            KeyTexts texts = KeyTexts.shipped();
            JsonArray settings = new JsonArray();
            for (Ledger.Setting setting : read.settings()) {
                settings.add(new JsonObject()
                        .put("key", setting.key())
                        .put("value", setting.value())
                        .put("source", setting.source())
                        .put("about", String.join(" ", texts.about(setting.key()))));
            }
            return new JsonObject()
                    .put("settings", settings)
                    .put(
                            "budget",
                            new JsonObject()
                                    .put("takeoverMs", read.budget().takeover().toMillis())
                                    .put("inForceMs", read.budget().inForce().toMillis())
                                    .put(
                                            "publishedMs",
                                            read.budget().published().toMillis())
                                    .put("arithmetic", arithmetic(read)))
                    .put("meaning", Meaning.of(read.config().cell(), read.budget()))
                    .put("notices", new JsonArray(read.config().notices()));
        }
    }
}
