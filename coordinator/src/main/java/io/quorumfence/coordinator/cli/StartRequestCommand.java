package io.quorumfence.coordinator.cli;

import io.quorumfence.coordinator.cli.CoordinatorClient.Answer;
import io.quorumfence.coordinator.config.Spans;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code qf start-request}. */
@Command(
        name = "start-request",
        description = "May this VM, last on that host, start on this one? Exit code 0 ALLOW, 3 REFUSE, 4 PENDING.")
final class StartRequestCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Qf qf;

    @Option(names = "--vm", required = true, paramLabel = "UUID", description = "libvirt UUID of the VM")
    @SuppressWarnings("NullAway.Init")
    private String vm;

    @Option(names = "--last-host", required = true, paramLabel = "HOST", description = "where it ran last")
    @SuppressWarnings("NullAway.Init")
    private String lastHost;

    @Option(names = "--destination", required = true, paramLabel = "HOST", description = "where it shall start")
    @SuppressWarnings("NullAway.Init")
    private String destination;

    @Option(names = "--sibling", paramLabel = "HOST", description = "a vetted host; may be given several times")
    private List<String> siblings = new ArrayList<>();

    @Option(names = "--cell", paramLabel = "CELL", description = "needed when the hosts' names fit several cells")
    private @Nullable String cell;

    @Option(
            names = "--request-id",
            paramLabel = "ID",
            description = "the same id gets the same permit; give it to ask again")
    private @Nullable String requestId;

    @Option(names = "--wait", paramLabel = "SPAN", description = "wait for a verdict, at most 60s; for example 30s")
    private @Nullable String wait;

    @Override
    public Integer call() {
        JsonObject body =
                new JsonObject().put("vm", vm).put("lastHost", lastHost).put("destination", destination);
        if (!siblings.isEmpty()) {
            body.put("siblings", new JsonArray(siblings));
        }
        put(body, "cell", cell);
        put(body, "requestId", requestId);
        put(body, "wait", wait);
        Duration limit = wait == null ? Duration.ZERO : Spans.parse(wait).orElse(Duration.ZERO);
        return print(qf, qf.client().post("/v1/start-requests", body, limit));
    }

    private static void put(JsonObject body, String name, @Nullable String value) {
        if (value != null) {
            body.put(name, value);
        }
    }

    /** Prints an answer of the gate and says how to exit. */
    static int print(Qf qf, Answer answer) {
        String verdict = answer.text("verdict");
        if (verdict.isEmpty()) {
            throw CoordinatorClient.fault(answer);
        }
        if (qf.wantsJson()) {
            qf.out().println(answer.body().encodePrettily());
        } else {
            DecisionScreen.of(answer.body()).forEach(qf.out()::println);
        }
        qf.out().flush();
        return switch (verdict) {
            case "ALLOW" -> Exit.OK;
            case "PENDING" -> Exit.PENDING;
            default -> Exit.REFUSED;
        };
    }
}
