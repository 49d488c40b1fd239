package io.quorumfence.agent.app;

import io.quorumfence.agent.effect.storage.StorageReading;
import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.record.CellRecord;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The picture of a cell for programs; one document, the same keys every time. */
final class RecordJson {
    private RecordJson() {}

    static List<String> verify(CellPicture picture) {
        return List.of(base(picture).encodePrettily());
    }

    static List<String> show(CellPicture picture) {
        JsonObject json = base(picture);
        picture.record()
                .ifPresent(record -> json.put("hosts", hosts(record))
                        .put("claims", claims(record))
                        .put("permits", permits(record))
                        .put("epoch", record.epoch())
                        .put("membership", record.membership())
                        .put("nextNumber", record.nextNumber()));
        return List.of(json.put("storages", storages(picture)).encodePrettily());
    }

    private static JsonObject base(CellPicture picture) {
        String verdict = picture.hasMajority() ? picture.findings().isEmpty() ? "fine" : "findings" : "unknown";
        JsonObject json = new JsonObject().put("verdict", verdict);
        picture.record()
                .ifPresent(record -> json.put("cell", record.cell().value()).put("version", record.version()));
        picture.next().ifPresent(next -> json.put("acceptedVersion", next));
        JsonArray findings = new JsonArray();
        for (CellPicture.Finding finding : picture.findings()) {
            JsonObject one = new JsonObject().put("storage", finding.storage()).put("detail", finding.detail());
            if (finding.offset() >= 0) {
                one.put("block", finding.block()).put("offset", finding.offset());
            }
            findings.add(one);
        }
        return json.put("storagesRead", picture.ofTheCell().size()).put("findings", findings);
    }

    private static JsonArray hosts(CellRecord record) {
        JsonArray hosts = new JsonArray();
        for (HostId host : record.members()) {
            JsonObject json = new JsonObject().put("host", host.value()).put("state", RecordScreen.state(record, host));
            record.host(host)
                    .ifPresent(entry -> json.put("counter", entry.incarnation().counter())
                            .put("bootId", entry.incarnation().bootId().toString()));
            hosts.add(json);
        }
        return hosts;
    }

    private static JsonArray claims(CellRecord record) {
        JsonArray claims = new JsonArray();
        for (Claim claim : record.claims()) {
            JsonObject json = new JsonObject()
                    .put("token", claim.token().value())
                    .put("suspect", claim.suspect().value())
                    .put("counter", claim.incarnation().counter())
                    .put("claimer", claim.claimer().value())
                    .put("stage", claim.stage().name());
            claim.proof()
                    .ifPresent(proof -> json.put("rung", proof.rung().name())
                            .put("level", proof.level().name())
                            .put("evidence", proof.evidence()));
            claims.add(json);
        }
        return claims;
    }

    private static JsonArray permits(CellRecord record) {
        JsonArray permits = new JsonArray();
        for (Permit permit : record.permits()) {
            permits.add(new JsonObject()
                    .put("permit", permit.id())
                    .put("requestId", permit.requestId())
                    .put("vm", permit.vm().toString())
                    .put("lastHost", permit.lastHost().value())
                    .put("destination", permit.destination().value())
                    .put("stage", permit.stage().name()));
        }
        return permits;
    }

    private static JsonArray storages(CellPicture picture) {
        JsonArray storages = new JsonArray();
        for (StorageReading reading : picture.readings()) {
            JsonObject json = new JsonObject()
                    .put("path", reading.storage().path())
                    .put("readable", reading.isReady())
                    .put("beats", reading.beats().size());
            reading.found()
                    .ifPresent(header ->
                            json.put("storage", header.storage().value()).put("initEpoch", header.initEpoch()));
            reading.newest().ifPresent(record -> json.put("version", record.version()));
            storages.add(json);
        }
        return storages;
    }
}
