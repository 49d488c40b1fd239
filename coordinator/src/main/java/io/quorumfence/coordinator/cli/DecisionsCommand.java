package io.quorumfence.coordinator.cli;

import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code qf decisions}. */
@Command(name = "decisions", description = "What was asked and answered, newest first.")
final class DecisionsCommand implements Runnable {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Qf qf;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many, up to 1000; default 20")
    private int limit = 20;

    @Override
    public void run() {
        JsonObject listed = qf.client().get("/v1/decisions?limit=" + limit);
        if (qf.wantsJson()) {
            qf.out().println(listed.encodePrettily());
        } else {
            Screens.decisions(listed).forEach(qf.out()::println);
        }
        qf.out().flush();
    }
}
