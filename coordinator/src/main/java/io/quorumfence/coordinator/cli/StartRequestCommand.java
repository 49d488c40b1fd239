package io.quorumfence.coordinator.cli;

import io.quorumfence.coordinator.cli.CoordinatorClient.Answer;
import io.quorumfence.coordinator.config.Spans;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code qf start-request}. */
@Command(
        name = "start-request",
        description = "May this VM, last on that host, start on this one? Exit code 0 ALLOW, 3 REFUSE, 4 PENDING.")
final class StartRequestCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Qf qf;

    @Option(names = "--vm", paramLabel = "UUID", description = "libvirt UUID of the VM")
    private @Nullable String vm;

    @Option(names = "--last-host", paramLabel = "HOST", description = "where it ran last")
    private @Nullable String lastHost;

    @Option(names = "--destination", paramLabel = "HOST", description = "where it shall start")
    private @Nullable String destination;

    @Option(
            names = "--batch",
            paramLabel = "FILE",
            description = "instead: many requests at once, a JSON list of {vm, lastHost, destination, priority,"
                    + " siblings, requestId}; - reads it from standard input")
    private @Nullable Path batch;

    @Option(names = "--priority", paramLabel = "N", description = "-1000 to 1000, default 0; the higher starts first")
    private int priority;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

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
        Duration limit = wait == null ? Duration.ZERO : Spans.parse(wait).orElse(Duration.ZERO);
        if (batch != null) {
            return many(batch, limit);
        }
        if (vm == null || lastHost == null || destination == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Missing required options: --vm, --last-host and --destination, or --batch");
        }
        JsonObject body = new JsonObject()
                .put("vm", vm)
                .put("lastHost", lastHost)
                .put("destination", destination)
                .put("priority", priority);
        if (!siblings.isEmpty()) {
            body.put("siblings", new JsonArray(siblings));
        }
        put(body, "cell", cell);
        put(body, "requestId", requestId);
        put(body, "wait", wait);
        return print(qf, qf.client().post("/v1/start-requests", body, limit));
    }

    private int many(Path file, Duration limit) {
        if (vm != null || lastHost != null || destination != null || requestId != null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--batch goes with --wait only: the rest stands in the file");
        }
        JsonObject body = new JsonObject();
        try {
            boolean isInput = file.toString().equals("-");
            String text =
                    isInput ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : Files.readString(file);
            body.put("requests", new JsonArray(text));
        } catch (IOException e) {
            throw new CliFault(Exit.USAGE, "--batch " + file + " cannot be read");
        } catch (DecodeException e) {
            throw new CliFault(Exit.USAGE, "--batch " + file + " is not a JSON list of start requests");
        }
        put(body, "wait", wait);
        return BatchScreen.print(qf, qf.client().post("/v1/start-requests/batch", body, limit));
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
