package io.quorumfence.lab.scenario;

import io.quorumfence.lab.ground.LabPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A scenario, read and checked.
 *
 * @param name its folder's name
 * @param tier {@code ci} runs always, {@code nightly} when asked for
 * @param vms where each VM is before anything happens; absent from the values when it does not run
 * @param lossStep the step from which the budget of I7 counts; empty when the run promises none
 */
record Scenario(
        String name,
        Path dir,
        String tier,
        LabPlan plan,
        Map<String, String> vms,
        List<Step> steps,
        List<Check> checks,
        Set<String> expectedViolations,
        String lossStep,
        long budgetMs) {

    Scenario {
        vms = Map.copyOf(vms);
        steps = List.copyOf(steps);
        checks = List.copyOf(checks);
        expectedViolations = Set.copyOf(expectedViolations);
    }
}
