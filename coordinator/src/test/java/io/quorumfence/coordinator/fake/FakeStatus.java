package io.quorumfence.coordinator.fake;

import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.record.CellRecord;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;

/** FAKE. {@code GET /v1/status} as the agents write it. */
final class FakeStatus {
    private static final long SUSPECT_MS = 2_000;

    private FakeStatus() {}

    static JsonObject of(FakeAgent agent, FakeCell cell) {
        return new JsonObject()
                .put("v", 1)
                .put("cell", FakeCell.CELL.value())
                .put("host", agent.host().value())
                .put("counter", agent.life().counter())
                .put("bootId", agent.life().bootId().toString())
                .put("phase", agent.phase)
                .put("nowNs", System.nanoTime())
                .put(
                        "lease",
                        new JsonObject()
                                .put("live", agent.leaseLive)
                                .put("remainingMs", 5_000)
                                .put("storageRenewalAgeMs", 120)
                                .put("networkRenewalAgeMs", 130))
                .put("terms", terms())
                .put(
                        "keeper",
                        new JsonObject()
                                .put("alive", true)
                                .put("watchdogOpen", true)
                                .put("expiryInMs", 5_000)
                                .put("latched", false))
                .put(
                        "storages",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("id", "s1")
                                        .put("state", "ok")
                                        .put("lastOkAgeMs", 120)
                                        .put("lastLatencyMs", 3)
                                        .put("detail", "")))
                .put("hosts", list(cell.agents(), other -> view(agent, other)))
                .put(
                        "vms",
                        list(
                                List.copyOf(agent.vms()),
                                vm -> new JsonObject()
                                        .put("vm", vm.toString())
                                        .put("name", "vm-1")
                                        .put("pid", 4711)
                                        .put("state", "running")))
                .put("vmsComplete", true)
                .put("record", record(cell.record()))
                .put("alerts", new JsonArray());
    }

    private static JsonObject terms() {
        return new JsonObject()
                .put("action", "stop-vms")
                .put("selfMs", 6_000)
                .put("actMs", 1_000)
                .put("watchdogMs", 2_000)
                .put("watchdog", "fifo-lab")
                .put("armed", true)
                .put("suspectMs", SUSPECT_MS);
    }

    private static JsonObject view(FakeAgent observer, FakeAgent other) {
        JsonObject json = new JsonObject()
                .put("host", other.host().value())
                .put("counter", other.life().counter())
                .put("bootId", other.life().bootId().toString())
                .put("self", observer == other);
        if (observer == other) {
            return json;
        }
        Long silentSinceNs = other.silentSinceNs;
        long ageMs = silentSinceNs == null ? 150 : (System.nanoTime() - silentSinceNs) / 1_000_000;
        boolean suspected = ageMs > SUSPECT_MS;
        return json.put("phase", other.phase)
                .put("storageAgeMs", ageMs)
                .put("networkAgeMs", ageMs)
                .put("planes", new JsonObject().put("management", ageMs).put("storage", ageMs))
                .put("suspected", suspected)
                .put("suspectedForMs", suspected ? ageMs - SUSPECT_MS : 0)
                .put("terms", terms())
                .put(
                        "timeRung",
                        new JsonObject()
                                .put("possible", other.timePossible)
                                .put("reason", other.timePossible ? "estimated" : "no-watchdog: promised none")
                                .put("opensInMs", other.timePossible ? (Object) Math.max(0, 14_000 - ageMs) : null))
                .put("ssh", false)
                .put("vms", list(List.copyOf(other.vms()), Object::toString))
                .put("vmsComplete", true)
                .put("work", (Object) null)
                .put("lastRefusal", (Object) null);
    }

    private static JsonObject record(CellRecord record) {
        return new JsonObject()
                .put("version", record.version())
                .put("members", list(record.members(), HostId::value))
                .put(
                        "hosts",
                        list(
                                List.copyOf(record.hosts().values()),
                                entry -> new JsonObject()
                                        .put("host", entry.host().value())
                                        .put("counter", entry.incarnation().counter())
                                        .put(
                                                "bootId",
                                                entry.incarnation().bootId().toString())
                                        .put("gone", entry.gone())))
                .put("claims", list(record.claims(), FakeStatus::claim))
                .put("permits", list(record.permits(), FakeStatus::permit));
    }

    private static JsonObject claim(Claim claim) {
        return new JsonObject()
                .put("token", claim.token().value())
                .put("suspect", claim.suspect().value())
                .put("counter", claim.incarnation().counter())
                .put("claimer", claim.claimer().value())
                .put("stage", claim.stage().name())
                .put("rung", claim.proof().map(proof -> proof.rung().code()).orElse(null))
                .put("level", claim.proof().map(proof -> proof.level().name()).orElse(null))
                .put("evidence", claim.proof().map(proof -> proof.evidence()).orElse(null));
    }

    static JsonObject permit(Permit permit) {
        return new JsonObject()
                .put("id", permit.id())
                .put("requestId", permit.requestId())
                .put("vm", permit.vm().toString())
                .put("lastHost", permit.lastHost().value())
                .put("destination", permit.destination().value())
                .put("destinationCounter", permit.destinationIncarnation().counter())
                .put("stage", permit.stage().name())
                .put("rung", permit.rung().code())
                .put("ttlMs", permit.ttlMs());
    }

    private static <T> JsonArray list(List<T> items, Function<T, ?> form) {
        JsonArray array = new JsonArray();
        items.forEach(item -> array.add(form.apply(item)));
        return array;
    }
}
