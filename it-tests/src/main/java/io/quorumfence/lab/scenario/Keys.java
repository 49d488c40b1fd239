package io.quorumfence.lab.scenario;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys of one mapping. What was never asked for when {@link #end()} comes is unknown, and is refused by name. */
final class Keys {
    private final Yaml where;
    private final String what;
    private final Map<String, Yaml> values;
    private final Set<String> known = new LinkedHashSet<>();

    Keys(Yaml where, String what, Map<String, Yaml> values) {
        this.where = where;
        this.what = what;
        this.values = values;
    }

    Optional<Yaml> find(String key) {
        known.add(key);
        return Optional.ofNullable(values.get(key));
    }

    Yaml need(String key) {
        return find(key).orElseThrow(() -> where.wrong(what + " needs '" + key + "'"));
    }

    String text(String key) {
        return need(key).text();
    }

    String text(String key, String otherwise) {
        return find(key).map(Yaml::text).orElse(otherwise);
    }

    int number(String key, int otherwise) {
        return find(key).map(Yaml::number).orElse(otherwise);
    }

    boolean flag(String key, boolean otherwise) {
        return find(key).map(Yaml::flag).orElse(otherwise);
    }

    Duration duration(String key, Duration otherwise) {
        return find(key).map(Yaml::duration).orElse(otherwise);
    }

    List<String> texts(String key, List<String> otherwise) {
        return find(key).map(Yaml::texts).orElse(otherwise);
    }

    String oneOf(String key, List<String> allowed, String otherwise) {
        return find(key).map(value -> value.oneOf(allowed)).orElse(otherwise);
    }

    Map<String, Yaml> all() {
        known.addAll(values.keySet());
        return values;
    }

    /** The keys that were not asked for yet, in the order of the file. */
    List<String> rest() {
        return values.keySet().stream().filter(key -> !known.contains(key)).toList();
    }

    ScenarioException wrong(String message) {
        return where.wrong(message);
    }

    /** Refuses what nobody asked for. To be called once everything known was asked for. */
    void end() {
        for (Map.Entry<String, Yaml> value : values.entrySet()) {
            if (!known.contains(value.getKey())) {
                throw value.getValue()
                        .wrong("unknown key '" + value.getKey() + "' in " + what + " (known: " + known + ")");
            }
        }
    }
}
