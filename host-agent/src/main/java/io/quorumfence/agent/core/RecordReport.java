package io.quorumfence.agent.core;

import io.quorumfence.model.Claim;
import io.quorumfence.model.Exemption;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.Permit;
import io.quorumfence.record.CellRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The cell record in plain maps, for the status. */
final class RecordReport {
    private RecordReport() {}

    static Map<String, @Nullable Object> of(CellRecord record) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("version", record.version());
        json.put("membership", record.membership());
        json.put("epoch", record.epoch());
        json.put("members", record.members().stream().map(Object::toString).toList());
        json.put(
                "hosts",
                record.members().stream()
                        .flatMap(host -> record.host(host).stream())
                        .map(RecordReport::host)
                        .toList());
        json.put("claims", record.claims().stream().map(RecordReport::claim).toList());
        json.put(
                "exemptions",
                record.exemptions().stream()
                        .map(entry -> exemption(entry, record))
                        .toList());
        json.put("permits", record.permits().stream().map(RecordReport::permit).toList());
        return json;
    }

    private static Map<String, @Nullable Object> host(HostEntry entry) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("host", entry.host().value());
        json.put("counter", entry.incarnation().counter());
        json.put("bootId", entry.incarnation().bootId().toString());
        json.put("gone", entry.gone());
        return json;
    }

    private static Map<String, @Nullable Object> claim(Claim claim) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("token", claim.token().value());
        json.put("suspect", claim.suspect().value());
        json.put("counter", claim.incarnation().counter());
        json.put("bootId", claim.incarnation().bootId().toString());
        json.put("claimer", claim.claimer().value());
        json.put("stage", claim.stage().name());
        json.put("rung", claim.proof().map(proof -> proof.rung().code()).orElse(null));
        json.put("level", claim.proof().map(proof -> proof.level().name()).orElse(null));
        json.put("evidence", claim.proof().map(proof -> proof.evidence()).orElse(null));
        return json;
    }

    private static Map<String, @Nullable Object> exemption(Exemption entry, CellRecord record) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("vm", entry.vm().toString());
        json.put("class", entry.leaving() ? "leaving" : "ignore");
        json.put("id", entry.id());
        json.put("by", entry.by());
        json.put("why", entry.why());
        json.put(
                "awaited",
                entry.leaving()
                        ? record.awaitedFor(entry).stream()
                                .map(Object::toString)
                                .toList()
                        : List.of());
        return json;
    }

    static Map<String, @Nullable Object> permit(Permit permit) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", permit.id());
        json.put("requestId", permit.requestId());
        json.put("vm", permit.vm().toString());
        json.put("lastHost", permit.lastHost().value());
        json.put("destination", permit.destination().value());
        json.put("destinationCounter", permit.destinationIncarnation().counter());
        json.put("stage", permit.stage().name());
        json.put("rung", permit.rung().code());
        json.put("claim", permit.claim().map(token -> token.value()).orElse(null));
        json.put("ttlMs", permit.ttlMs());
        return json;
    }
}
