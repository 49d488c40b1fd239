package io.quorumfence.lab.scenario;

import io.quorumfence.check.Evidence;
import io.quorumfence.lab.ground.Box;
import io.quorumfence.lab.ground.LabException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Plugs and freezers. Several hosts of one step are struck in the same instant. */
final class PowerVerbs {
    private PowerVerbs() {}

    static void addTo(Map<String, Verb> verbs) {
        verbs.put("power-off", (value, cast) -> onHosts(value, cast, "power-off", Box::powerOff));
        verbs.put("power-on", (value, cast) -> onHosts(value, cast, "power-on", stamped(Box::powerOn)));
        verbs.put("freeze", (value, cast) -> onHosts(value, cast, "freeze", stamped(Box::freeze)));
        verbs.put("thaw", (value, cast) -> onHosts(value, cast, "thaw", stamped(Box::thaw)));
        verbs.put("power-cycle", PowerVerbs::powerCycle);
        verbs.put("power-off-claimer", PowerVerbs::powerOffClaimer);
    }

    /** Whoever the newest record names as the claimer of the suspect. */
    private static Action powerOffClaimer(Yaml value, Cast cast) {
        Keys keys = value.keys("power-off-claimer", "suspect");
        String suspect = cast.host(keys.need("suspect"));
        keys.end();
        return (stage, step) -> {
            String claimer = stage.cell().record().stream()
                    .flatMap(view -> view.claims().stream())
                    .filter(claim -> claim.suspect().equals(suspect))
                    .map(Evidence.ClaimSeen::claimer)
                    .reduce((first, second) -> second)
                    .orElseThrow(() -> new LabException("nobody has claimed " + suspect));
            return strike(stage, List.of(claimer), Box::powerOff);
        };
    }

    private static Action powerCycle(Yaml value, Cast cast) {
        Keys keys = value.keys("power-cycle", "host");
        List<String> hosts = cast.hosts(keys.need("host"));
        Duration off = keys.duration("off-for", Duration.ofSeconds(1));
        keys.end();
        return (stage, step) -> strike(stage, hosts, box -> {
            long at = box.powerOff();
            sleep(off);
            box.powerOn();
            return at;
        });
    }

    static Action onHosts(Yaml value, Cast cast, String verb, ToLongFunction<Box> what) {
        Keys keys = value.keys(verb, "host");
        List<String> hosts = cast.hosts(keys.need("host"));
        keys.end();
        return (stage, step) -> strike(stage, hosts, what);
    }

    /** The step took effect when it was begun. */
    static ToLongFunction<Box> stamped(Consumer<Box> what) {
        return box -> {
            long at = System.nanoTime();
            what.accept(box);
            return at;
        };
    }

    private static long strike(Stage stage, List<String> hosts, ToLongFunction<Box> what) {
        List<Supplier<Long>> works = hosts.stream()
                .map(host -> stage.cell().lab().box(host))
                .<Supplier<Long>>map(box -> () -> what.applyAsLong(box))
                .toList();
        return Together.all(works).stream().mapToLong(Long::longValue).min().orElseThrow();
    }

    static void sleep(Duration span) {
        try {
            Thread.sleep(span.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }
}
