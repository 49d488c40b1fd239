package io.quorumfence.coordinator.render;

import io.quorumfence.coordinator.core.Evidence;
import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** JSON of what a verdict consists of. Pure; any thread. */
public final class VerdictJson {
    private VerdictJson() {}

    public static JsonArray evidence(List<Evidence> evidence) {
        JsonArray array = new JsonArray();
        evidence.forEach(seen -> {
            JsonObject json = new JsonObject()
                    .put("who", seen.who())
                    .put("host", seen.host().value())
                    .put("saw", seen.saw());
            if (seen.plane() != null) {
                json.put("plane", seen.plane());
            }
            if (seen.ageMs() != null) {
                json.put("ageMs", seen.ageMs());
            }
            array.add(json);
        });
        return array;
    }

    public static List<Evidence> evidence(JsonArray array) {
        List<Evidence> evidence = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            JsonObject json = array.getJsonObject(i);
            evidence.add(new Evidence(
                    json.getString("who"),
                    new HostId(json.getString("host")),
                    json.getString("saw"),
                    json.getString("plane"),
                    json.getLong("ageMs")));
        }
        return evidence;
    }

    public static JsonObject permit(PermitView permit) {
        return new JsonObject()
                .put("id", permit.id())
                .put("requestId", permit.requestId())
                .put("vm", permit.vm().toString())
                .put("lastHost", permit.lastHost().value())
                .put("destination", permit.destination().value())
                .put("destinationCounter", permit.destinationCounter())
                .put("stage", permit.stage().name())
                .put("rung", permit.rung());
    }

    public static PermitView permit(JsonObject json) {
        return new PermitView(
                json.getLong("id"),
                json.getString("requestId"),
                VmId.of(json.getString("vm")),
                new HostId(json.getString("lastHost")),
                new HostId(json.getString("destination")),
                json.getLong("destinationCounter"),
                PermitStage.valueOf(json.getString("stage")),
                json.getString("rung"));
    }

    public static JsonArray hosts(List<HostId> hosts) {
        JsonArray array = new JsonArray();
        hosts.forEach(host -> array.add(host.value()));
        return array;
    }

    public static List<HostId> hosts(JsonArray array) {
        return array.stream().map(name -> new HostId(String.valueOf(name))).toList();
    }

    /** The question as it was asked. */
    public static JsonObject question(StartQuestion question) {
        JsonObject json = new JsonObject()
                .put("vm", question.vm().toString())
                .put("lastHost", question.lastHost().value())
                .put("destination", question.destination().value())
                .put("siblings", hosts(question.siblings()))
                .put("priority", question.priority());
        if (question.cell() != null) {
            json.put("cell", question.cell().value());
        }
        return json;
    }
}
