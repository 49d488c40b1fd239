package io.quorumfence.agent.core;

import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.quorum.Quorum;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What somebody should be told now; a pure reading of the state, with stable codes. */
public final class Alerts {
    private Alerts() {}

    /** One alert: a stable code and one line. */
    public record Alert(String code, String text) {}

    /** The alerts that stand. */
    public static List<Alert> standing(AgentState s, long nowNs) {
        List<Alert> alerts = new ArrayList<>();
        long window = 2 * s.timing.suspectNs();
        boolean settled = nowNs - s.facts.processStartNs() > window;
        storages(s, nowNs, window, settled, alerts);
        if (s.phase == HostPhase.LATCHED) {
            alerts.add(new Alert("lease-lost", "this life of host " + s.self() + " is latched; it acts no more"));
        }
        Quarantine.holds(s)
                .ifPresent(why -> alerts.add(new Alert(
                        "release-awaited",
                        "host " + s.self() + " starts no VM before an operator says `qf host release " + s.self()
                                + "`: " + why)));
        hook(s, alerts);
        int warned = EarlyWarning.level(s, nowNs);
        if (warned > 0) {
            alerts.add(new Alert(
                    warned == EarlyWarning.HALF ? "lease-half-used" : "lease-nearly-used",
                    "host " + s.self() + " was renewed by nobody for " + warned + " % of its lease; "
                            + (100 - warned) * (s.timing.selfNs() / Timing.MILLI) / 100
                            + " ms after that mark it ends, unless a majority of the storages or of the hosts answers,"
                            + " and " + EarlyWarning.then(s)));
        }
        if (settled && s.isJoined() && !s.leaseLives(nowNs)) {
            alerts.add(new Alert("no-lease", "host " + s.self() + " holds no live lease"));
        }
        if (settled && s.isJoined() && (!s.canArm() || !s.keeperFeeding)) {
            alerts.add(new Alert(
                    "no-time-proof",
                    "host " + s.self() + " promises no end that a watchdog enforces ("
                            + (s.canArm() ? "its keeper does not feed" : noPromise(s, nowNs))
                            + "); no permit by time will exist for it"
                            + (s.watchdog.trouble().isEmpty() ? "" : ": " + s.watchdog.trouble())));
        }
        if (settled && !s.vmsComplete) {
            alerts.add(new Alert("vm-list-incomplete", "the VMs of host " + s.self() + " could not be listed in full"));
        }
        if (!s.reacting.trouble.isEmpty()) {
            alerts.add(new Alert(
                    "self-fence-memory",
                    "the local disk does not keep what the self-fence does: " + s.reacting.trouble));
        }
        if (!s.reacting.undelivered.isEmpty()) {
            alerts.add(new Alert("alert-undelivered", s.reacting.undelivered));
        }
        power(s, alerts);
        s.reacting.strangeKeys.forEach((host, key) -> alerts.add(new Alert(
                "ssh-host-key",
                "host " + host + " is not the one that its ssh.hostKey names: " + key
                        + "; nobody logs in at such an address, so sibling-ssh may prove nothing for it")));
        for (HostId host : s.suspectedNs.isEmpty() ? Set.<HostId>of() : new TreeSet<>(s.suspectedNs.keySet())) {
            alerts.add(new Alert("host-suspected", "host " + host + " is silent on both planes"));
        }
        s.lastRefusal.forEach((host, why) -> {
            if (why.startsWith("storm-guard")) {
                alerts.add(new Alert("storm-guard", "host " + host + ": " + why));
            }
        });
        return alerts;
    }

    private static void power(AgentState s, List<Alert> alerts) {
        s.powerTrouble.forEach((host, why) -> {
            if (!why.isEmpty()) {
                alerts.add(new Alert("power-device", "power could not prove host " + host + " off now: " + why));
            }
        });
        new TreeSet<>(s.powerLooks.wrong())
                .forEach(host -> alerts.add(new Alert(
                        "power-device",
                        "the fence device of host " + host
                                + " says off, and the host was heard after that: wrong device"
                                + " or parameters; power is not used against it until a look says on")));
    }

    private static void hook(AgentState s, List<Alert> alerts) {
        s.permits.glass.forEach((vm, glass) -> alerts.add(
                new Alert("start-forced", "VM " + vm + " was let start on host " + s.self() + ": " + glass.what())));
        s.permits.refusedClaims.forEach((vm, no) -> alerts.add(new Alert(
                no.code().equals("permit-exists") ? "vm-claimed-elsewhere" : "vm-unclaimed",
                "VM " + vm + " runs on host " + s.self() + " without a claim: " + no.code() + ", " + no.detail())));
    }

    /** Without the seconds that are left, or each would be an alert of its own. */
    private static String noPromise(AgentState s, long nowNs) {
        return switch (s.inForce()) {
            case COOLDOWN -> "it is in its cooldown";
            case STOP_VMS, REBOOT, GRACEFUL_REBOOT -> "it has no watchdog";
            default -> ReactionRules.why(s, nowNs);
        };
    }

    private static void storages(AgentState s, long nowNs, long window, boolean settled, List<Alert> alerts) {
        if (!settled) {
            return;
        }
        List<String> silent = new ArrayList<>();
        for (Lane lane : s.lanes.values()) {
            if (nowNs - lane.okEndNs > window) {
                silent.add(lane.id.value());
            }
        }
        if (silent.isEmpty()) {
            return;
        }
        boolean majorityLost = s.lanes.size() - silent.size() < Quorum.majority(s.lanes.size());
        alerts.add(
                majorityLost
                        ? new Alert(
                                "storage-majority-lost",
                                "no answer from storages " + silent + "; nothing can be decided")
                        : new Alert("storage-lost", "no answer from storages " + silent));
    }

    static List<Map<String, @Nullable Object>> of(AgentState s, long nowNs) {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (Alert alert : standing(s, nowNs)) {
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            json.put("code", alert.code());
            json.put("text", alert.text());
            list.add(json);
        }
        return list;
    }
}
