package io.quorumfence.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A guard taken out of the production core, as a change of its source: the core itself knows nothing of mutants. Where
 * two guards cover the same place the mutant takes out both, and each of them alone must hold its script.
 *
 * @param name what was taken out
 * @param rule the rule of the safety argument that stands behind the guard
 * @param attack the scripted schedule that shows it, empty when only seeds do
 * @param seeds a campaign of so many seeds, from 1, shows it; 0 when only the script does
 * @param edits all applied together
 * @param why why the second guard covers the first, in a line; empty when there is none
 * @param second takes out the second guard
 */
record Mutant(String name, String rule, String attack, long seeds, List<Edit> edits, String why, List<Edit> second) {

    /**
     * @param file below the repository's root
     * @param find occurs exactly once
     */
    record Edit(String file, String find, String replace) {}

    private static final String CORE = "host-agent/src/main/java/io/quorumfence/agent/core/";
    private static final String SHARED = "shared-model/src/main/java/io/quorumfence/";
    private static final String MODEL = "it-tests/src/main/java/io/quorumfence/sim/";

    /** So many seeds die in the time an ordinary test run has for one mutant. */
    private static final long QUICK_SEEDS = 300;

    boolean isQuick() {
        return !attack.isEmpty() || seeds <= QUICK_SEEDS;
    }

    /** Whether it takes out two guards that cover the same place. */
    boolean isPair() {
        return !second.isEmpty();
    }

    List<Edit> all() {
        return Stream.concat(edits.stream(), second.stream()).toList();
    }

    /** Takes out the first guard of a pair only. */
    Mutant firstAlone() {
        return new Mutant(name, rule, attack, 0, edits, "", List.of());
    }

    /** Takes out the second guard of a pair only. */
    Mutant secondAlone() {
        return new Mutant(name, rule, attack, 0, second, "", List.of());
    }

    static Mutant of(String name, String rule) {
        return new Mutant(name, rule, "", 0, List.of(), "", List.of());
    }

    Mutant core(String file, String find, String replace) {
        return and(new Edit(CORE + file, find, replace));
    }

    Mutant shared(String file, String find, String replace) {
        return and(new Edit(SHARED + file, find, replace));
    }

    /** For what the simulator plays of the agent's own shell, keeper and target helper, outside of the core. */
    Mutant model(String file, String find, String replace) {
        return and(new Edit(MODEL + file, find, replace));
    }

    Mutant shownBy(String script) {
        return new Mutant(name, rule, script, seeds, edits, why, second);
    }

    Mutant within(long number) {
        return new Mutant(name, rule, attack, number, edits, why, second);
    }

    /** The changes that follow take out the guard that covers for the first one. */
    Mutant coveredBecause(String reason) {
        return new Mutant(name, rule, attack, seeds, edits, reason, second);
    }

    private Mutant and(Edit more) {
        List<Edit> longer = new ArrayList<>(why.isEmpty() ? edits : second);
        longer.add(more);
        return why.isEmpty()
                ? new Mutant(name, rule, attack, seeds, List.copyOf(longer), why, second)
                : new Mutant(name, rule, attack, seeds, edits, why, List.copyOf(longer));
    }
}
