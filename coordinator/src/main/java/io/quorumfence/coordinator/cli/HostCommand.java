package io.quorumfence.coordinator.cli;

import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code qf host show HOST}. */
@Command(name = "host", description = "One host.", subcommands = HostCommand.Show.class)
final class HostCommand implements Runnable {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Qf qf;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to do with the host: show");
    }

    /** Everything that is known of one host, and who knows it. */
    @Command(name = "show", description = "Everything that is known of a host, and who knows it.")
    static final class Show implements Runnable {
        @ParentCommand
        @SuppressWarnings("NullAway.Init")
        private HostCommand parent;

        @Parameters(paramLabel = "HOST")
        @SuppressWarnings("NullAway.Init")
        private String host;

        @Option(names = "--cell", paramLabel = "CELL", description = "needed when several cells have such a host")
        private @Nullable String cell;

        @Override
        public void run() {
            String path = "/v1/hosts/" + encoded(host) + (cell == null ? "" : "?cell=" + encoded(cell));
            JsonObject shown = parent.qf.client().get(path);
            if (parent.qf.wantsJson()) {
                parent.qf.out().println(shown.encodePrettily());
            } else {
                Screens.host(shown).forEach(parent.qf.out()::println);
            }
            parent.qf.out().flush();
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }
    }
}
