package io.quorumfence.sim;

import java.util.List;

/**
 * One guard taken out of the production core, as a change of its source: the core itself knows nothing of mutants.
 *
 * @param name what was taken out
 * @param rule the rule of the safety argument that stands behind the guard
 * @param edits all applied together
 */
record Mutant(String name, String rule, List<Edit> edits) {

    /**
     * @param file below the repository's root
     * @param find occurs exactly once
     */
    record Edit(String file, String find, String replace) {}

    private static final String CORE = "host-agent/src/main/java/io/quorumfence/agent/core/";
    private static final String SHARED = "shared-model/src/main/java/io/quorumfence/";

    static Mutant core(String name, String rule, String file, String find, String replace) {
        return new Mutant(name, rule, List.of(new Edit(CORE + file, find, replace)));
    }

    static Mutant shared(String name, String rule, String file, String find, String replace) {
        return new Mutant(name, rule, List.of(new Edit(SHARED + file, find, replace)));
    }

    Mutant andCore(String file, String find, String replace) {
        return and(new Edit(CORE + file, find, replace));
    }

    Mutant andShared(String file, String find, String replace) {
        return and(new Edit(SHARED + file, find, replace));
    }

    private Mutant and(Edit more) {
        List<Edit> all = new java.util.ArrayList<>(edits);
        all.add(more);
        return new Mutant(name, rule, List.copyOf(all));
    }
}
