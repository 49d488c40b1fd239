package io.quorumfence.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * One guard taken out of the production core, as a change of its source: the core itself knows nothing of mutants.
 *
 * @param name what was taken out
 * @param rule the rule of the safety argument that stands behind the guard
 * @param attack the scripted schedule that shows it, empty when only seeds do
 * @param seeds a campaign of so many seeds, from 1, shows it; 0 when only the script does
 * @param open nothing has shown it yet: another guard stands behind it, or the seeds did not find the place
 * @param edits all applied together
 */
record Mutant(String name, String rule, String attack, long seeds, boolean open, List<Edit> edits) {

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

    static Mutant of(String name, String rule) {
        return new Mutant(name, rule, "", 0, false, List.of());
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
        return new Mutant(name, rule, script, seeds, open, edits);
    }

    Mutant within(long number) {
        return new Mutant(name, rule, attack, number, open, edits);
    }

    Mutant notShownYet() {
        return new Mutant(name, rule, attack, seeds, true, edits);
    }

    private Mutant and(Edit more) {
        List<Edit> all = new ArrayList<>(edits);
        all.add(more);
        return new Mutant(name, rule, attack, seeds, open, List.copyOf(all));
    }
}
