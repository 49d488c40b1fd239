package io.quorumfence.coordinator.agents;

import io.quorumfence.coordinator.core.status.AgentPhase;
import io.quorumfence.coordinator.core.status.AgentStatus;
import io.quorumfence.coordinator.core.status.HostTerms;
import io.quorumfence.coordinator.core.status.HostView;
import io.quorumfence.coordinator.core.status.OwnVms;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmList;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code GET /v1/status}. Pure; any thread. */
final class StatusReader {
    /** The form of the status that this coordinator knows. */
    static final long VERSION = 1;

    private StatusReader() {}

    /** The version of the form, or 0 when the answer names none. */
    static long version(JsonObject json) {
        Object version = json.getValue("v");
        return version instanceof Integer || version instanceof Long ? ((Number) version).longValue() : 0;
    }

    /**
     * Reads the status of one host of one cell.
     *
     * @throws UnreadableAnswer if a field is missing or of another form, or the agent is not the one that was asked
     */
    static AgentStatus read(JsonObject json, CellId cell, HostId host) throws UnreadableAnswer {
        AnswerFields fields = AnswerFields.of(json);
        if (version(json) != VERSION) {
            throw new UnreadableAnswer("status version " + version(json) + ", this coordinator knows " + VERSION);
        }
        if (!fields.text("cell").equals(cell.value()) || !fields.text("host").equals(host.value())) {
            throw new UnreadableAnswer("answers as host '" + fields.text("host") + "' of cell '" + fields.text("cell")
                    + "', not as host '" + host + "' of cell '" + cell + "'");
        }
        return new AgentStatus(
                cell,
                host,
                fields.number("counter"),
                fields.uuid("bootId"),
                fields.choice("phase", AgentPhase.class),
                lease(fields.object("lease")),
                terms(fields, "terms"),
                keeper(fields.object("keeper")),
                storages(fields.objects("storages")),
                views(fields.objects("hosts")),
                own(fields),
                fields.has("record") ? RecordReader.read(fields.object("record")) : null,
                cluster(fields),
                alerts(fields.objects("alerts")));
    }

    private static AgentStatus.Lease lease(AnswerFields fields) throws UnreadableAnswer {
        return new AgentStatus.Lease(
                fields.flag("live"),
                fields.number("remainingMs"),
                fields.numberOrNull("storageRenewalAgeMs"),
                fields.numberOrNull("networkRenewalAgeMs"));
    }

    private static AgentStatus.Keeper keeper(AnswerFields fields) throws UnreadableAnswer {
        return new AgentStatus.Keeper(
                fields.flag("alive"),
                fields.flag("watchdogOpen"),
                fields.numberOrNull("expiryInMs"),
                fields.flag("latched"));
    }

    private static @Nullable HostTerms terms(AnswerFields parent, String name) throws UnreadableAnswer {
        if (!parent.has(name)) {
            return null;
        }
        AnswerFields fields = parent.object(name);
        return new HostTerms(
                fields.text("action"),
                fields.number("selfMs"),
                fields.number("actMs"),
                fields.number("watchdogMs"),
                fields.text("watchdog"),
                fields.flag("armed"),
                fields.number("suspectMs"));
    }

    private static List<AgentStatus.StorageLane> storages(List<AnswerFields> list) throws UnreadableAnswer {
        List<AgentStatus.StorageLane> lanes = new ArrayList<>();
        for (AnswerFields fields : list) {
            lanes.add(new AgentStatus.StorageLane(
                    fields.text("id"),
                    fields.text("state"),
                    fields.numberOrNull("lastOkAgeMs"),
                    fields.numberOrNull("lastLatencyMs"),
                    fields.textOr("detail", "")));
        }
        return lanes;
    }

    private static OwnVms own(AnswerFields fields) throws UnreadableAnswer {
        List<OwnVms.OwnVm> vms = new ArrayList<>();
        for (AnswerFields vm : fields.objects("vms")) {
            vms.add(new OwnVms.OwnVm(
                    vm.vm("vm"), vm.textOr("name", ""), vm.numberOr("pid", 0), vm.textOr("state", "listed")));
        }
        return new OwnVms(vms, fields.flag("vmsComplete"));
    }

    private static List<HostView> views(List<AnswerFields> list) throws UnreadableAnswer {
        List<HostView> views = new ArrayList<>();
        for (AnswerFields fields : list) {
            if (!fields.flag("self")) {
                views.add(view(fields));
            }
        }
        return views;
    }

    /** The list of VMs belongs to the life of the beat; the life in the record is read from the record. */
    private static HostView view(AnswerFields fields) throws UnreadableAnswer {
        boolean hasBeat = fields.has("beatCounter");
        return new HostView(
                fields.host("host"),
                fields.number(hasBeat ? "beatCounter" : "counter"),
                fields.uuidOrNull(hasBeat ? "beatBootId" : "bootId"),
                fields.has("phase") ? fields.choice("phase", AgentPhase.class) : null,
                false,
                fields.ageOrNull("storageAgeMs"),
                fields.ageOrNull("networkAgeMs"),
                planes(fields),
                fields.flag("suspected"),
                fields.numberOrNull("suspectedForMs"),
                terms(fields, "terms"),
                timeRung(fields),
                fields.flagOrNull("ssh"),
                new VmList(fields.vms("vms"), fields.flag("vmsComplete")),
                fields.numberOrNull("suspectAfterMs"),
                work(fields),
                fields.textOr("lastRefusal", ""));
    }

    private static List<HostView.PlaneAge> planes(AnswerFields parent) throws UnreadableAnswer {
        AnswerFields fields = parent.object("planes");
        List<HostView.PlaneAge> planes = new ArrayList<>();
        for (String plane : fields.names()) {
            planes.add(new HostView.PlaneAge(plane, fields.ageOrNull(plane)));
        }
        return planes;
    }

    private static HostView.RungView timeRung(AnswerFields parent) throws UnreadableAnswer {
        if (!parent.has("timeRung")) {
            return new HostView.RungView(false, "no life of it is in the record", null);
        }
        AnswerFields fields = parent.object("timeRung");
        return new HostView.RungView(
                fields.flag("possible"), fields.textOr("reason", ""), fields.numberOrNull("opensInMs"));
    }

    private static HostView.@Nullable Work work(AnswerFields parent) throws UnreadableAnswer {
        if (!parent.has("work")) {
            return null;
        }
        AnswerFields fields = parent.object("work");
        return new HostView.Work(
                fields.text("stage"),
                fields.numberOrNull("sinceMs"),
                fields.textOrNull("ssh"),
                fields.has("promises") ? fields.hosts("promises") : List.of(),
                fields.textOr("detail", ""));
    }

    private static AgentStatus.Cluster cluster(AnswerFields parent) throws UnreadableAnswer {
        if (!parent.has("cluster")) {
            return new AgentStatus.Cluster(0, "unknown");
        }
        AnswerFields fields = parent.object("cluster");
        return new AgentStatus.Cluster((int) fields.numberOr("members", 0), fields.textOr("state", "unknown"));
    }

    private static List<AgentStatus.Alert> alerts(List<AnswerFields> list) throws UnreadableAnswer {
        List<AgentStatus.Alert> alerts = new ArrayList<>();
        for (AnswerFields fields : list) {
            alerts.add(new AgentStatus.Alert(
                    fields.text("code"), fields.textOr("text", ""), fields.numberOr("sinceMs", 0)));
        }
        return alerts;
    }
}
