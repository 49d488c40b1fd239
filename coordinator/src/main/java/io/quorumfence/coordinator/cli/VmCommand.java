package io.quorumfence.coordinator.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code qf vm list|class}: which VMs are not protected. */
@Command(
        name = "vm",
        description = "VMs that are not protected.",
        subcommands = {VmCommand.ListClasses.class, VmCommand.SetClass.class})
final class VmCommand implements Runnable {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Qf qf;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to do: list or class");
    }

    private static String cellQuery(@Nullable String cell) {
        return cell == null ? "" : "?cell=" + URLEncoder.encode(cell, StandardCharsets.UTF_8);
    }

    private static String awaited(JsonObject entry) {
        JsonArray hosts = entry.getJsonArray("awaited", new JsonArray());
        return hosts.isEmpty()
                ? ""
                : "waits for "
                        + String.join(", ", hosts.stream().map(String::valueOf).toList());
    }

    /** All others are protected. */
    @Command(name = "list", description = "The VMs that are not protected, who wanted it and why.")
    static final class ListClasses implements Runnable {
        @ParentCommand
        @SuppressWarnings("NullAway.Init")
        private VmCommand parent;

        @Option(names = "--cell", paramLabel = "CELL")
        private @Nullable String cell;

        @Override
        public void run() {
            JsonObject shown = parent.qf.client().get("/v1/vms/classes" + cellQuery(cell));
            if (parent.qf.wantsJson()) {
                parent.qf.out().println(shown.encodePrettily());
            } else {
                lines(shown).forEach(parent.qf.out()::println);
            }
            parent.qf.out().flush();
        }

        private static List<String> lines(JsonObject shown) {
            Table table = new Table().row("CELL", "VM", "CLASS", "BY", "WHY", "");
            boolean any = false;
            for (Object one : shown.getJsonArray("cells")) {
                JsonObject cell = (JsonObject) one;
                for (Object it : cell.getJsonArray("notProtected")) {
                    JsonObject entry = (JsonObject) it;
                    any = true;
                    table.row(
                            cell.getString("cell"),
                            entry.getString("vm"),
                            entry.getString("class"),
                            entry.getString("by"),
                            entry.getString("why"),
                            awaited(entry));
                }
            }
            return any ? table.lines() : List.of("every VM is protected");
        }
    }

    /** An operator's wish, decided in the cell record. */
    @Command(
            name = "class",
            description = "Takes a VM out of protection (ignore), or puts it back (protected). An ignored VM is not"
                    + " stopped when its host ends, and starts nowhere else: the gate refuses it.")
    static final class SetClass implements Runnable {
        @ParentCommand
        @SuppressWarnings("NullAway.Init")
        private VmCommand parent;

        @Parameters(index = "0", paramLabel = "VM")
        @SuppressWarnings("NullAway.Init")
        private String vm;

        @Parameters(index = "1", paramLabel = "CLASS", description = "ignore or protected")
        @SuppressWarnings("NullAway.Init")
        private String vmClass;

        @Option(names = "--cell", paramLabel = "CELL", description = "needed where the coordinator has several")
        private @Nullable String cell;

        @Option(names = "--by", paramLabel = "NAME", description = "who wants it; default: the user of this shell")
        private String by = System.getProperty("user.name", "unknown");

        @Option(names = "--why", required = true, paramLabel = "TEXT", description = "kept in the cell record")
        @SuppressWarnings("NullAway.Init")
        private String why;

        @Override
        public void run() {
            String path = "/v1/vms/" + URLEncoder.encode(vm, StandardCharsets.UTF_8) + "/class" + cellQuery(cell);
            JsonObject body =
                    new JsonObject().put("class", vmClass).put("by", by).put("why", why);
            CoordinatorClient.Answer answer = parent.qf.client().post(path, body, Duration.ZERO);
            if (answer.status() == 409) {
                throw new CliFault(Exit.REFUSED, "NOT changed: " + answer.text("code") + ": " + answer.text("detail"));
            }
            if (answer.status() != 200) {
                throw CoordinatorClient.fault(answer);
            }
            parent.qf.out().println(parent.qf.wantsJson() ? answer.body().encodePrettily() : line(answer.body()));
            parent.qf.out().flush();
        }

        private String line(JsonObject now) {
            return switch (String.valueOf(now.getString("class"))) {
                case "ignore" -> "IGNORED: VM " + vm + " is left alone from now on, and gets no permit";
                case "leaving" ->
                    "LEAVING: hosts that know treat VM " + vm + " as protected; no permit before all do; "
                            + awaited(now);
                default -> "PROTECTED: VM " + vm;
            };
        }
    }
}
