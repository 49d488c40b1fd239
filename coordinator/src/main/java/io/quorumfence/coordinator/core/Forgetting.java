package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.Verdict.Refuse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Keeps the number of remembered requests bounded: refused ones go first, then the oldest closed ones. */
final class Forgetting {
    private Forgetting() {}

    static Map<String, StartRequest> bounded(Map<String, StartRequest> settled, int max) {
        int surplus = settled.size() - max;
        if (surplus <= 0) {
            return settled;
        }
        Map<String, StartRequest> kept = new LinkedHashMap<>(settled);
        Stream.concat(
                        settled.values().stream().filter(request -> request.shown() instanceof Refuse),
                        settled.values().stream().filter(request -> !(request.shown() instanceof Refuse)))
                .limit(surplus)
                .forEach(request -> kept.remove(request.id()));
        return kept;
    }
}
