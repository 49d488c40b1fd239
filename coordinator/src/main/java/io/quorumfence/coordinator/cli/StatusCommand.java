package io.quorumfence.coordinator.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code qf status}. */
@Command(
        name = "status",
        description = "One screen: is failover possible now? Exit code 0 healthy, 1 degraded, 2 critical.")
final class StatusCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Qf qf;

    @Override
    public Integer call() {
        JsonObject hosts = qf.client().get("/v1/hosts");
        if (qf.wantsJson()) {
            qf.out().println(hosts.encodePrettily());
        } else {
            Screens.status(hosts).forEach(qf.out()::println);
        }
        qf.out().flush();
        return switch (hosts.getString("verdict")) {
            case "healthy" -> Exit.OK;
            case "degraded" -> Exit.DEGRADED;
            default -> Exit.CRITICAL;
        };
    }
}
