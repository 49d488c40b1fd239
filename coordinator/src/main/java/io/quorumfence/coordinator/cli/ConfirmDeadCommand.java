package io.quorumfence.coordinator.cli;

import io.quorumfence.coordinator.cli.CoordinatorClient.Answer;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code qf host confirm-dead HOST}: says what it will allow, asks for the host's name, and waits for the proof. */
@Command(
        name = "confirm-dead",
        description = "Tells the cell that a host is dead, so that its VMs may start elsewhere. Go and look first: its"
                + " power is off, or its VMs cannot reach their disks. "
                + "Exit code 0 proven, 3 refused, 4 not proven yet.")
final class ConfirmDeadCommand implements Callable<Integer> {
    private static final long LOOK_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(500);

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private HostCommand parent;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private NamedHost host;

    @Option(names = "--by", paramLabel = "NAME", description = "who says so; default: the user of this shell")
    private String by = System.getProperty("user.name", "unknown");

    @Option(names = "--why", required = true, paramLabel = "TEXT", description = "kept in the record and the journals")
    @SuppressWarnings("NullAway.Init")
    private String why;

    @Option(
            names = "--confirm",
            paramLabel = "HOST",
            description = "for scripts: the host's name, instead of typing it")
    private @Nullable String confirmed;

    @Option(
            names = "--override-storm",
            description = "claim the host although more hosts are claimed already than the storm guard allows")
    private boolean overrideStorm;

    @Option(names = "--limit", paramLabel = "SECONDS", description = "wait so long for the proof; default 45")
    private int limit = 45;

    @Override
    public Integer call() {
        JsonObject shown = parent.qf().client().get(host.path(""));
        JsonObject life = shown.getJsonObject("life");
        if (life == null) {
            throw new CliFault(Exit.REFUSED, "NOT confirmed: the record knows no life of host " + host.name());
        }
        if (!parent.qf().wantsJson()) {
            statement(shown, life).forEach(parent.qf().out()::println);
            parent.qf().out().flush();
        }
        if (!host.name().equals(confirmed == null ? typed() : confirmed)) {
            throw new CliFault(Exit.USAGE, "NOT confirmed: the host's name was not given; nothing was changed");
        }
        JsonObject body = new JsonObject()
                .put("host", host.name())
                .put("counter", life.getLong("counter"))
                .put("bootId", life.getString("bootId"))
                .put("by", by)
                .put("why", why)
                .put("overrideStorm", overrideStorm);
        Answer answer = parent.qf().client().post(host.path("/confirm-dead"), body, Duration.ZERO);
        if (answer.status() == 409) {
            throw new CliFault(Exit.REFUSED, "NOT confirmed: " + answer.text("code") + ": " + answer.text("detail"));
        }
        if (answer.status() != 202) {
            throw CoordinatorClient.fault(answer);
        }
        return awaitProof(life.getLong("counter"));
    }

    private List<String> statement(JsonObject shown, JsonObject life) {
        List<String> lines = Screens.host(shown);
        JsonObject lost = shown.getJsonObject("lost", new JsonObject());
        List<Object> vms = List.copyOf(lost.getJsonArray("vms").getList());
        lines.add("");
        lines.add("You are about to say that life " + life.getLong("counter") + " of host " + host.name()
                + " is dead. The cell may then let these VMs start elsewhere:");
        vms.forEach(vm -> lines.add("  " + vm));
        if (vms.isEmpty()) {
            lines.add("  whatever it had: " + lost.getString("detail", "no VM is known of it"));
        }
        lines.add("If it is not dead they run twice and damage their disks. "
                + (overrideStorm ? "The storm guard will not stand in the way." : "The storm guard stays in force."));
        return lines;
    }

    private String typed() {
        parent.qf().out().print("Type the name of the host to go on: ");
        parent.qf().out().flush();
        try {
            String line = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            return "";
        }
    }

    private int awaitProof(long counter) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(limit);
        JsonObject shown = parent.qf().client().get(host.path(""));
        while (proof(shown, counter) == null && System.nanoTime() < endNs) {
            LockSupport.parkNanos(LOOK_AGAIN_NS);
            shown = parent.qf().client().get(host.path(""));
        }
        JsonObject proof = proof(shown, counter);
        if (parent.qf().wantsJson()) {
            parent.qf().out().println(shown.encodePrettily());
        } else if (proof != null) {
            parent.qf()
                    .out()
                    .println("PROVEN by " + proof.getString("rung") + " (" + proof.getString("level") + "), token "
                            + proof.getLong("token") + ": " + proof.getString("evidence"));
        } else {
            parent.qf().out().println("NOT PROVEN yet: " + refusals(shown));
        }
        parent.qf().out().flush();
        return proof == null ? Exit.PENDING : Exit.OK;
    }

    private static @Nullable JsonObject proof(JsonObject shown, long counter) {
        return Screens.objects(shown, "claims").stream()
                .filter(claim ->
                        "PROVEN".equals(claim.getString("stage")) && Objects.equals(claim.getLong("counter"), counter))
                .findFirst()
                .orElse(null);
    }

    private static String refusals(JsonObject shown) {
        List<String> said = Screens.objects(shown, "seenBy").stream()
                .filter(sight -> sight.getString("lastRefusal") != null)
                .map(sight -> sight.getString("who") + " says " + sight.getString("lastRefusal"))
                .toList();
        return said.isEmpty() ? "the agents work on it; qf host show tells how far they are" : String.join("; ", said);
    }
}
