package io.quorumfence.lab.scenario;

import io.quorumfence.check.Evidence;
import io.quorumfence.check.Evidence.ClaimSeen;
import io.quorumfence.check.Evidence.Decision;
import io.quorumfence.check.Evidence.PermitSeen;
import io.quorumfence.check.Evidence.View;
import io.quorumfence.check.Finding;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is there to be checked after the last step.
 *
 * @param logs the collected logs and journals, one folder a host
 */
record Outcome(Stage stage, Evidence evidence, Map<String, Finding> findings, Path logs) {

    /** The last answer of the last ask. */
    Optional<Decision> decision() {
        List<Decision> all = stage.decisions();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** Every claim that any record showed, in its latest stage, by token. */
    List<ClaimSeen> claims() {
        Map<Long, ClaimSeen> latest = new LinkedHashMap<>();
        Map<Long, Long> version = new LinkedHashMap<>();
        for (View view : evidence.views()) {
            for (ClaimSeen claim : view.claims()) {
                if (version.getOrDefault(claim.token(), -1L) <= view.recordVersion()) {
                    version.put(claim.token(), view.recordVersion());
                    latest.put(claim.token(), claim);
                }
            }
        }
        return List.copyOf(latest.values());
    }

    /** Every permit that any record showed. */
    List<PermitSeen> permits() {
        Map<String, PermitSeen> latest = new LinkedHashMap<>();
        evidence.views().forEach(view -> view.permits().forEach(permit -> latest.put(permit.id(), permit)));
        return List.copyOf(latest.values());
    }
}
