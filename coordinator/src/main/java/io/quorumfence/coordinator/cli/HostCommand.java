package io.quorumfence.coordinator.cli;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code qf host show|release|confirm-dead|evacuate HOST}. */
@Command(
        name = "host",
        description = "One host.",
        subcommands = {
            HostCommand.Show.class,
            HostCommand.Release.class,
            ConfirmDeadCommand.class,
            EvacuateCommand.class
        })
final class HostCommand implements Runnable {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Qf qf;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "say what to do with the host: show, release, confirm-dead or evacuate");
    }

    /** Everything that is known of one host, and who knows it. */
    @Command(name = "show", description = "Everything that is known of a host, and who knows it.")
    static final class Show implements Runnable {
        @ParentCommand
        @SuppressWarnings("NullAway.Init")
        private HostCommand parent;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        private NamedHost host;

        @Override
        public void run() {
            JsonObject shown = parent.qf.client().get(host.path(""));
            if (parent.qf.wantsJson()) {
                parent.qf.out().println(shown.encodePrettily());
            } else {
                Screens.host(shown).forEach(parent.qf.out()::println);
            }
            parent.qf.out().flush();
        }
    }

    Qf qf() {
        return qf;
    }

    /** An operator's word to a fenced host. */
    @Command(
            name = "release",
            description = "Lets a fenced host that waits for an operator (rejoin: operator) take VMs again.")
    static final class Release implements Runnable {
        @ParentCommand
        @SuppressWarnings("NullAway.Init")
        private HostCommand parent;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        private NamedHost host;

        @Option(names = "--by", paramLabel = "NAME", description = "who releases it; default: the user of this shell")
        private String by = System.getProperty("user.name", "unknown");

        @Option(names = "--why", required = true, paramLabel = "TEXT", description = "kept in the host's journal")
        @SuppressWarnings("NullAway.Init")
        private String why;

        @Override
        public void run() {
            CoordinatorClient.Answer answer = parent.qf
                    .client()
                    .post(host.path("/release"), new JsonObject().put("by", by).put("why", why), Duration.ZERO);
            if (answer.status() == 409) {
                throw new CliFault(Exit.REFUSED, "NOT released: " + answer.text("code") + ": " + answer.text("detail"));
            }
            if (answer.status() != 200) {
                throw CoordinatorClient.fault(answer);
            }
            parent.qf
                    .out()
                    .println(
                            parent.qf.wantsJson()
                                    ? answer.body().encodePrettily()
                                    : "RELEASED host " + host.name() + ": it takes VMs again");
            parent.qf.out().flush();
        }
    }
}
