package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.power.PowerFencer;
import io.quorumfence.agent.effect.power.PowerSpec;
import io.quorumfence.agent.probe.clock.RawClock;
import io.quorumfence.model.HostId;
import io.quorumfence.model.observation.EffectObservation.PowerChecked;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code qf-agent power status}: asks the fence devices of hosts for their status, from here; switches nothing. */
@Command(
        name = "power",
        mixinStandardHelpOptions = true,
        subcommands = PowerCommand.Status.class,
        description = "The fence devices, by hand.")
final class PowerCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getErr().println("qf-agent power: say status");
        return AgentMain.EXIT_USAGE;
    }

    /** One line a host. */
    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Checks programs, parameters and devices of each HOST (default: all that have some) with a"
                    + " status call. Exit code 0 if all answered, 69 if one did not.")
    static final class Status implements Callable<Integer> {
        @Option(names = "--config", paramLabel = "FILE", description = "agent.yaml of this host")
        private Path config = Path.of("/etc/quorumfence/agent.yaml");

        @Parameters(paramLabel = "HOST", arity = "0..*")
        private List<String> hosts = new ArrayList<>();

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            try {
                AgentConfig read = AgentConfigFile.read(config);
                PowerSpec devices = LocalEffects.powerSpec(read, Natives.directory());
                List<HostId> asked = asked(read);
                boolean all = true;
                for (HostId host : asked) {
                    PowerChecked seen = PowerFencer.lookOnce(devices, host, new RawClock());
                    out.println(host + ": " + (seen.ok() ? "ok" : "NOT OK") + ": " + seen.detail());
                    all &= seen.ok();
                }
                return all ? 0 : AgentMain.EXIT_UNAVAILABLE;
            } catch (StartException e) {
                spec.commandLine().getErr().println("qf-agent power: " + e.getMessage());
                return e.exitCode();
            }
        }

        private List<HostId> asked(AgentConfig read) {
            List<HostId> known =
                    read.power().levels().keySet().stream().sorted().toList();
            if (hosts.isEmpty()) {
                if (known.isEmpty()) {
                    throw new StartException("power.hosts: no host has fence devices in " + config);
                }
                return known;
            }
            for (String host : hosts) {
                if (known.stream().noneMatch(one -> one.value().equals(host))) {
                    throw new StartException("host " + host + " has no fence devices; power.hosts names " + known);
                }
            }
            return hosts.stream().map(HostId::new).toList();
        }
    }
}
