package io.quorumfence.lab.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorumfence.check.Finding;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How a scenario's run went.
 *
 * @param decision the verdict of the last start request; empty when none was made
 * @param secondsToDecision from the step that the scenario counts from to that verdict; negative when it names none
 * @param failures one line each; empty exactly when the run passed
 * @param seconds how long the whole run took, boot and clean-up included
 */
public record RunResult(
        String scenario,
        int repetition,
        String decision,
        String reason,
        double secondsToDecision,
        Map<String, Finding> invariants,
        List<String> failures,
        double seconds,
        Path report) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public RunResult {
        failures = List.copyOf(failures);
    }

    public boolean passed() {
        return failures.isEmpty();
    }

    /** Whether the judge saw an invariant broken; no second run excuses that. */
    public boolean violated() {
        return invariants.values().stream().anyMatch(Finding::isViolated);
    }

    /** One JSON object on one line. */
    public String line() {
        return json().toString();
    }

    ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("scenario", scenario)
                .put("passed", passed())
                .put("decision", decision)
                .put("reason", reason);
        if (secondsToDecision >= 0) {
            json.put("secondsToDecision", Math.round(secondsToDecision * 1000) / 1000.0);
        } else {
            json.putNull("secondsToDecision");
        }
        ObjectNode verdicts = json.putObject("invariants");
        invariants.forEach(
                (name, finding) -> verdicts.put(name, finding.verdict().shown()));
        failures.forEach(json.putArray("failures")::add);
        json.put("repetition", repetition).put("seconds", Math.round(seconds * 10) / 10.0);
        json.put("report", report.toString());
        return json;
    }
}
