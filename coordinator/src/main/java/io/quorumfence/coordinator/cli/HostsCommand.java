package io.quorumfence.coordinator.cli;

import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code qf hosts}. */
@Command(name = "hosts", description = "All hosts of all cells.")
final class HostsCommand implements Runnable {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Qf qf;

    @Override
    public void run() {
        JsonObject hosts = qf.client().get("/v1/hosts");
        if (qf.wantsJson()) {
            qf.out().println(hosts.encodePrettily());
        } else {
            Screens.hosts(hosts).forEach(qf.out()::println);
        }
        qf.out().flush();
    }
}
