package io.quorumfence.lab.scenario;

import io.quorumfence.lab.ground.Cables;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Cut cables and healed ones. */
final class NetworkVerbs {
    private static final List<String> DIRECTIONS = List.of("both", "in", "out");

    private NetworkVerbs() {}

    static void addTo(Map<String, Verb> verbs) {
        verbs.put("cut", NetworkVerbs::cut);
        verbs.put("heal", NetworkVerbs::heal);
    }

    private static Action cut(Yaml value, Cast cast) {
        Keys keys = value.keys("cut", "host");
        List<String> hosts = cast.hosts(keys.need("host"));
        List<String> planes = planes(keys);
        Cables.Direction direction = Cables.Direction.valueOf(
                keys.oneOf("direction", DIRECTIONS, "both").toUpperCase(Locale.ROOT));
        List<String> peers = keys.find("from").map(cast::hosts).orElse(List.of());
        keys.end();
        return (stage, step) -> {
            long at = System.nanoTime();
            Cables cables = stage.cell().lab().cables();
            hosts.forEach(host -> planes.forEach(plane -> cables.cut(host, plane, direction, peers)));
            return at;
        };
    }

    private static Action heal(Yaml value, Cast cast) {
        Keys keys = value.keys("heal", "host");
        List<String> hosts = cast.hosts(keys.need("host"));
        List<String> planes = planes(keys);
        keys.end();
        return (stage, step) -> {
            Cables cables = stage.cell().lab().cables();
            hosts.forEach(host -> planes.forEach(plane -> cables.heal(host, plane)));
            return System.nanoTime();
        };
    }

    private static List<String> planes(Keys keys) {
        return keys.find("planes")
                .filter(value -> value.isList() || !value.text().equals("all"))
                .map(value -> {
                    List<String> planes = value.texts();
                    planes.stream()
                            .filter(plane -> !Cables.PLANES.contains(plane))
                            .findFirst()
                            .ifPresent(plane -> {
                                throw value.wrong("no plane '" + plane + "'; there are " + Cables.PLANES);
                            });
                    return planes;
                })
                .orElse(Cables.PLANES);
    }
}
