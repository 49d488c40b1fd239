package io.quorumfence.lab.watch;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorumfence.check.Evidence.ClaimSeen;
import io.quorumfence.check.Evidence.PermitSeen;
import io.quorumfence.check.Evidence.Sight;
import io.quorumfence.check.Evidence.View;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads an agent's /v1/status into a view. Tolerant: a field that is not there is unknown, never an error. */
final class ViewReader {
    private ViewReader() {}

    static View read(String host, JsonNode status, long atNs) {
        JsonNode record = status.path("record");
        return new View(
                atNs,
                host,
                status.path("counter").asLong(),
                status.path("phase").asText(""),
                status.path("lease").path("live").asBoolean(),
                renewalAge(status.path("lease")),
                status.path("lease").path("firstRenewalAgeMs").asLong(-1),
                status.path("terms").path("action").asText(""),
                list(status.path("hosts"), ViewReader::sight).stream()
                        .filter(sight -> !sight.host().equals(host))
                        .toList(),
                record.path("version").asLong(),
                list(record.path("claims"), ViewReader::claim),
                list(record.path("permits"), ViewReader::permit),
                list(status.path("alerts"), alert -> alert.path("code").asText("")));
    }

    private static long renewalAge(JsonNode lease) {
        long storage = lease.path("storageRenewalAgeMs").asLong(-1);
        long network = lease.path("networkRenewalAgeMs").asLong(-1);
        return storage < 0 ? network : network < 0 ? storage : Math.min(storage, network);
    }

    private static Sight sight(JsonNode host) {
        return new Sight(
                host.path("host").asText(""),
                host.path("counter").asLong(),
                host.path("storageAgeMs").asLong(-1),
                host.path("networkAgeMs").asLong(-1),
                host.path("suspected").asBoolean());
    }

    private static ClaimSeen claim(JsonNode claim) {
        return new ClaimSeen(
                claim.path("token").asLong(),
                claim.path("suspect").asText(""),
                claim.path("counter").asLong(),
                claim.path("claimer").asText(""),
                claim.path("stage").asText(""),
                claim.path("rung").asText(""),
                claim.path("level").asText(""));
    }

    private static PermitSeen permit(JsonNode permit) {
        return new PermitSeen(
                permit.path("id").asText(""),
                permit.path("vm").asText(""),
                permit.path("destination").asText(""),
                permit.path("stage").asText(""),
                permit.path("rung").asText(""));
    }

    private static <T> List<T> list(JsonNode array, Function<JsonNode, T> each) {
        List<T> all = new ArrayList<>();
        array.forEach(node -> all.add(each.apply(node)));
        return all;
    }
}
