package io.quorumfence.coordinator.cli;

import io.quorumfence.coordinator.config.Spans;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code qf host evacuate HOST}: start requests for all VMs of a lost host. */
@Command(
        name = "evacuate",
        description = "Asks for a permit for every VM of a lost host. Give the same --request-id again to see how it"
                + " goes on. Exit code 0 all allowed, 3 one was refused, 4 one is pending.")
final class EvacuateCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private HostCommand parent;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private NamedHost host;

    @Option(
            names = "--to",
            required = true,
            split = ",",
            paramLabel = "HOST",
            description = "where the VMs shall start: one or more hosts; they are spread by their ids")
    private List<String> destinations = new ArrayList<>();

    @Option(names = "--place", paramLabel = "UUID=HOST", description = "one VM goes there instead; several times")
    private Map<String, String> places = new LinkedHashMap<>();

    @Option(
            names = "--vm",
            paramLabel = "UUID",
            description = "only this VM; several times; default all that are known")
    private List<String> vms = new ArrayList<>();

    @Option(names = "--priority", paramLabel = "N", description = "-1000 to 1000, default 0; the higher starts first")
    private int priority;

    @Option(names = "--first", paramLabel = "UUID", description = "this VM before the others; several times")
    private List<String> first = new ArrayList<>();

    @Option(names = "--sibling", paramLabel = "HOST", description = "a vetted host; may be given several times")
    private List<String> siblings = new ArrayList<>();

    @Option(names = "--request-id", paramLabel = "ID", description = "at most 27 characters; the VM's id is added")
    private @Nullable String requestId;

    @Option(names = "--wait", paramLabel = "SPAN", description = "wait for the verdicts, at most 60s; for example 30s")
    private @Nullable String wait;

    @Override
    public Integer call() {
        JsonObject body = new JsonObject()
                .put("destinations", new JsonArray(destinations))
                .put("priority", priority);
        if (!places.isEmpty()) {
            body.put("places", new JsonObject(new LinkedHashMap<>(places)));
        }
        if (!vms.isEmpty()) {
            body.put("vms", new JsonArray(vms));
        }
        if (!first.isEmpty()) {
            JsonObject priorities = new JsonObject();
            first.forEach(vm -> priorities.put(vm, Math.min(priority + 1, 1_000)));
            body.put("priorities", priorities);
        }
        if (!siblings.isEmpty()) {
            body.put("siblings", new JsonArray(siblings));
        }
        if (requestId != null) {
            body.put("requestId", requestId);
        }
        if (wait != null) {
            body.put("wait", wait);
        }
        String path = host.path("/evacuations");
        Duration limit = wait == null ? Duration.ZERO : Spans.parse(wait).orElse(Duration.ZERO);
        return BatchScreen.print(parent.qf(), parent.qf().client().post(path, body, limit));
    }
}
