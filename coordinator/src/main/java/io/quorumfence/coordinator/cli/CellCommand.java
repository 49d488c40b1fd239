package io.quorumfence.coordinator.cli;

import io.quorumfence.coordinator.agents.AgentAddress;
import io.quorumfence.coordinator.agents.AgentLimits;
import io.quorumfence.coordinator.agents.HttpAgentCalls;
import io.quorumfence.coordinator.agents.ReactionAnswer;
import io.quorumfence.coordinator.config.ConfigFault;
import io.quorumfence.coordinator.config.ConfigReader;
import io.quorumfence.coordinator.config.CoordinatorConfig;
import io.quorumfence.model.CellId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code qf cell disarm}, {@code qf cell arm}: each agent by itself, so no quorum and no coordinator is needed. */
@Command(
        name = "cell",
        description = "A whole cell.",
        subcommands = {CellCommand.Disarm.class, CellCommand.Arm.class})
final class CellCommand implements Runnable {
    private static final long LIMIT_MS = 10_000;

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Qf qf;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to do with the cell: disarm or arm");
    }

    /** Which agents, and in whose name. */
    static final class Target {
        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "coordinator.yaml with the agents and a certificate; default ${DEFAULT-VALUE}")
        private Path config = Path.of("/etc/quorumfence/coordinator.yaml");

        @Option(names = "--cell", paramLabel = "CELL", description = "needed when the file names several")
        private @Nullable String cell;

        @Option(names = "--host", paramLabel = "HOST", description = "only this host")
        private @Nullable String host;

        @Option(names = "--by", paramLabel = "NAME", required = true, description = "who does it; it is journalled")
        private String by = "";
    }

    /** Off. */
    @Command(
            name = "disarm",
            description = "Switches the self-fence of a cell's hosts off. Exit code 0 all did it, 1 some did not.")
    static final class Disarm implements Callable<Integer> {
        @ParentCommand
        @SuppressWarnings("NullAway.Init")
        private CellCommand parent;

        @CommandLine.Mixin
        private Target target = new Target();

        @Override
        public Integer call() {
            return parent.all(target, false);
        }
    }

    /** On. */
    @Command(
            name = "arm",
            description = "Switches the self-fence of a cell's hosts on again. Exit code 0 all did it, 1 some did not.")
    static final class Arm implements Callable<Integer> {
        @ParentCommand
        @SuppressWarnings("NullAway.Init")
        private CellCommand parent;

        @CommandLine.Mixin
        private Target target = new Target();

        @Override
        public Integer call() {
            return parent.all(target, true);
        }
    }

    private int all(Target target, boolean on) {
        CoordinatorConfig config = read(target.config);
        List<AgentAddress> agents = agents(config, target);
        List<ReactionAnswer> answers = ask(config, agents, on, target.by);
        if (qf.wantsJson()) {
            JsonArray list = new JsonArray();
            answers.forEach(answer -> list.add(new JsonObject()
                    .put("host", answer.host().value())
                    .put("done", answer.done())
                    .put("text", answer.text())));
            qf.out().println(new JsonObject().put("on", on).put("hosts", list).encodePrettily());
        } else {
            String done = on ? "ARMED     " : "DISARMED  ";
            answers.forEach(answer ->
                    qf.out().println((answer.done() ? done : "NOT DONE  ") + answer.host() + ": " + answer.text()));
        }
        qf.out().flush();
        return answers.stream().allMatch(ReactionAnswer::done) ? Exit.OK : Exit.DEGRADED;
    }

    private static CoordinatorConfig read(Path file) {
        try {
            return ConfigReader.read(file);
        } catch (ConfigFault e) {
            throw new CliFault(Exit.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private static List<AgentAddress> agents(CoordinatorConfig config, Target target) {
        Map<CellId, List<AgentAddress>> cells = config.cells();
        if (target.cell == null && cells.size() != 1) {
            throw new CliFault(Exit.USAGE, "--cell is missing; the file names " + cells.keySet());
        }
        List<AgentAddress> agents = cells.entrySet().stream()
                .filter(entry -> target.cell == null || entry.getKey().value().equals(target.cell))
                .flatMap(entry -> entry.getValue().stream())
                .filter(agent -> target.host == null || agent.host().value().equals(target.host))
                .toList();
        if (agents.isEmpty()) {
            throw new CliFault(Exit.USAGE, "the file names no such cell or host");
        }
        return agents;
    }

    private static List<ReactionAnswer> ask(
            CoordinatorConfig config, List<AgentAddress> agents, boolean on, String by) {
        Vertx vertx = Vertx.vertx();
        try {
            HttpAgentCalls calls = new HttpAgentCalls(
                    vertx, config.tls(), new AgentLimits(5_000, LIMIT_MS, LIMIT_MS, 1), System::nanoTime);
            List<Future<ReactionAnswer>> asked =
                    agents.stream().map(agent -> calls.reaction(agent, on, by)).toList();
            Future.join(asked).toCompletionStage().toCompletableFuture().get(2 * LIMIT_MS, TimeUnit.MILLISECONDS);
            return asked.stream().map(Future::result).toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFault(Exit.UNAVAILABLE, "interrupted");
        } catch (ExecutionException | TimeoutException e) {
            throw new CliFault(Exit.UNAVAILABLE, "no answer in time: " + e.getMessage());
        } finally {
            vertx.close();
        }
    }
}
