package io.quorumfence.coordinator.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The coordinator's answers as lines for a tired person: the verdict first, then why, then the rest. Pure. */
final class Screens {
    private Screens() {}

    /** {@code qf status}. */
    static List<String> status(JsonObject hosts) {
        List<String> lines = new ArrayList<>();
        for (JsonObject cell : objects(hosts, "cells")) {
            String version = cell.getValue("recordVersion") == null
                    ? "no record"
                    : "record version " + cell.getValue("recordVersion");
            lines.add(upper(cell, "verdict") + "  cell " + cell.getString("cell") + ", " + version);
            cell.getJsonArray("problems").forEach(problem -> lines.add("  ! " + problem));
            lines.addAll(indented(hostTable(cell)));
            objects(cell, "claims").forEach(claim -> lines.add("  claim " + claim(claim)));
            objects(cell, "permits").stream()
                    .filter(permit -> !"ENDED".equals(permit.getString("stage")))
                    .forEach(permit -> lines.add("  permit " + permit(permit)));
        }
        return lines;
    }

    /** {@code qf hosts}. */
    static List<String> hosts(JsonObject hosts) {
        List<String> lines = new ArrayList<>();
        for (JsonObject cell : objects(hosts, "cells")) {
            lines.add("cell " + cell.getString("cell"));
            lines.addAll(indented(hostTable(cell)));
        }
        return lines;
    }

    private static List<String> hostTable(JsonObject cell) {
        Table table = new Table().row("HOST", "STATE", "AGENT", "LEASE", "LAST BEAT", "LAST ACK", "VMS", "TIME PROOF");
        for (JsonObject host : objects(cell, "hosts")) {
            table.row(
                    host.getString("host"),
                    host.getString("state"),
                    host.getString("agent"),
                    lease(host),
                    youngest(host, "storageAgeMs"),
                    youngest(host, "networkAgeMs"),
                    vms(host),
                    timeProof(host));
        }
        return table.lines();
    }

    private static String lease(JsonObject host) {
        Long left = host.getLong("leaseRemainingMs");
        String by = host.getString("leaseRenewedBy");
        return left == null ? "-" : span(left) + (by == null ? "" : " by " + by);
    }

    private static String youngest(JsonObject host, String age) {
        return objects(host, "seenBy").stream()
                .filter(seen -> seen.getLong(age) != null)
                .mapToLong(seen -> seen.getLong(age))
                .min()
                .stream()
                .mapToObj(ms -> span(ms) + " ago")
                .findFirst()
                .orElse("never seen");
    }

    private static String vms(JsonObject host) {
        JsonArray own = host.getJsonArray("vms");
        if (own != null) {
            return own.size() + (Boolean.TRUE.equals(host.getBoolean("vmsComplete")) ? "" : "+?");
        }
        return objects(host, "seenBy").stream()
                .findFirst()
                .map(seen -> seen.getJsonArray("vms").size()
                        + (Boolean.TRUE.equals(seen.getBoolean("vmsComplete")) ? " by beat" : "+? by beat"))
                .orElse("?");
    }

    private static String timeProof(JsonObject host) {
        List<JsonObject> rungs = objects(host, "seenBy").stream()
                .map(seen -> seen.getJsonObject("timeRung"))
                .toList();
        if (rungs.stream().anyMatch(rung -> rung.getBoolean("possible"))) {
            return "possible";
        }
        return rungs.isEmpty() ? "unknown" : "no: " + rungs.get(0).getString("reason");
    }

    /** {@code qf host show}. */
    static List<String> host(JsonObject host) {
        List<String> lines = new ArrayList<>();
        lines.add(upper(host, "state") + "  host " + host.getString("host") + " of cell " + host.getString("cell"));
        lines.add("  agent " + host.getString("agent") + text(host, "agentDetail", ": "));
        JsonObject own = host.getJsonObject("own");
        if (own != null) {
            lines.add("  life " + host.getValue("counter") + " is " + host.getString("phase") + ", kernel boot "
                    + own.getString("bootId"));
            lines.add("  lease " + (host.getBoolean("leaseLive") ? "live, " : "NOT live, ")
                    + span(host.getLong("leaseRemainingMs")) + " left; keeper "
                    + (own.getJsonObject("keeper").getBoolean("alive") ? "feeds" : "does NOT feed"));
            lines.add("  promises " + terms(own.getJsonObject("terms")));
            objects(own, "storages")
                    .forEach(lane -> lines.add("  storage " + lane.getString("id") + " " + lane.getString("state")
                            + ", last ok " + age(lane.getLong("lastOkAgeMs")) + text(lane, "detail", ": ")));
            objects(own, "alerts")
                    .forEach(alert -> lines.add("  ! " + alert.getString("code") + ": " + alert.getString("text")));
        }
        vmLines(host, lines);
        lines.add("who sees it");
        objects(host, "seenBy").forEach(seen -> lines.add("  " + sight(seen)));
        objects(host, "claims").forEach(claim -> lines.add("claim " + claim(claim)));
        objects(host, "permits").forEach(permit -> lines.add("permit " + permit(permit)));
        return lines;
    }

    private static void vmLines(JsonObject host, List<String> lines) {
        JsonArray own = host.getJsonArray("vms");
        if (own == null) {
            lines.add("  its own list of VMs is not known");
            return;
        }
        lines.add("  VMs: " + own.size() + (host.getBoolean("vmsComplete") ? "" : ", and the list is NOT complete"));
        objects(host, "vms")
                .forEach(vm -> lines.add(
                        "    " + vm.getString("vm") + "  " + vm.getString("state") + "  " + vm.getString("name")));
    }

    private static String sight(JsonObject seen) {
        String planes = seen.getJsonObject("planes").stream()
                .map(plane -> plane.getKey() + " " + age((Number) plane.getValue()))
                .collect(Collectors.joining(", "));
        JsonObject rung = seen.getJsonObject("timeRung");
        JsonObject work = seen.getJsonObject("work");
        return seen.getString("who") + ": beat " + age(seen.getLong("storageAgeMs")) + "; acknowledged on " + planes
                + (seen.getBoolean("suspected") ? "; SUSPECTS it" : "")
                + "; time proof "
                + (rung.getBoolean("possible") ? opens(rung.getLong("opensInMs")) : "no: " + rung.getString("reason"))
                + (work == null ? "" : "; works on it: " + work(work));
    }

    private static String opens(@Nullable Long inMs) {
        return inMs == null ? "possible" : inMs == 0 ? "open" : "opens in " + span(inMs);
    }

    private static String work(JsonObject work) {
        JsonArray promises = work.getJsonArray("promises");
        String held = promises == null || promises.isEmpty()
                ? ""
                : ", promises of " + promises.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return work.getString("stage") + held + text(work, "ssh", ", ssh ") + text(work, "detail", ", ");
    }

    private static String terms(@Nullable JsonObject terms) {
        return terms == null
                ? "nothing that is known"
                : terms.getString("action") + " within " + span(terms.getLong("selfMs")) + " + "
                        + span(terms.getLong("actMs")) + ", watchdog " + terms.getString("watchdog") + " "
                        + span(terms.getLong("watchdogMs")) + (terms.getBoolean("armed") ? ", armed" : ", NOT armed");
    }

    private static String claim(JsonObject claim) {
        return claim.getValue("token") + " on " + claim.getString("suspect") + " life " + claim.getValue("counter")
                + " by " + claim.getString("claimer") + ": " + claim.getString("stage")
                + text(claim, "rung", " by ")
                + text(claim, "evidence", ", ");
    }

    private static String permit(JsonObject permit) {
        return permit.getValue("id") + " for VM " + permit.getString("vm") + " from " + permit.getString("lastHost")
                + " to " + permit.getString("destination") + ": " + permit.getString("stage") + " by "
                + permit.getString("rung") + " (request " + permit.getString("requestId") + ")";
    }

    /** {@code qf decisions}. */
    static List<String> decisions(JsonObject listed) {
        List<String> lines = new ArrayList<>();
        for (JsonObject row : objects(listed, "decisions")) {
            lines.add(row.getString("at") + "  " + row.getString("verdict") + " " + row.getString("reason") + "  VM "
                    + row.getString("vm") + "  " + row.getString("lastHost") + " -> " + row.getString("destination")
                    + "  " + span(row.getLong("tookMs")) + "  request " + row.getString("id"));
            lines.add("    " + row.getString("detail"));
        }
        return lines.isEmpty() ? List.of("no decisions yet") : lines;
    }

    static List<JsonObject> objects(JsonObject parent, String name) {
        JsonArray array = parent.getJsonArray(name);
        return array == null
                ? List.of()
                : array.stream().map(JsonObject.class::cast).toList();
    }

    private static List<String> indented(List<String> lines) {
        return lines.stream().map(line -> "  " + line).toList();
    }

    private static String upper(JsonObject json, String name) {
        return json.getString(name).toUpperCase(Locale.ROOT);
    }

    private static String text(JsonObject json, String name, String before) {
        String text = json.getString(name);
        return text == null || text.isEmpty() ? "" : before + text;
    }

    private static String age(@Nullable Number ms) {
        return ms == null ? "never" : span(ms.longValue()) + " ago";
    }

    /** Milliseconds in the unit that people read. */
    static String span(long ms) {
        if (ms < 1_000) {
            return ms + " ms";
        }
        return ms < 120_000
                ? String.format(Locale.ROOT, "%.1f s", ms / 1_000.0)
                : String.format(Locale.ROOT, "%d min", ms / 60_000);
    }
}
