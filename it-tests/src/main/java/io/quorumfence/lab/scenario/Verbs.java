package io.quorumfence.lab.scenario;

import java.util.Map;
import java.util.TreeMap;

/** The language's words. docs/scenarios.md is their description; a test holds the two together. */
final class Verbs {
    static final Map<String, Verb> ALL = all();

    private Verbs() {}

    private static Map<String, Verb> all() {
        Map<String, Verb> verbs = new TreeMap<>();
        PowerVerbs.addTo(verbs);
        NetworkVerbs.addTo(verbs);
        StorageVerbs.addTo(verbs);
        ProgramVerbs.addTo(verbs);
        VmVerbs.addTo(verbs);
        WaitVerbs.addTo(verbs);
        verbs.put("ask", AskVerb::read);
        return Map.copyOf(verbs);
    }
}
