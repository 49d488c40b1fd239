package io.quorumfence.lab.scenario;

import io.quorumfence.config.Profile;
import io.quorumfence.lab.ground.LabPlan;
import io.quorumfence.lab.ground.LabPlan.Storage;
import io.quorumfence.lab.ground.Labs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Reads a scenario's folder. Whatever it does not understand it refuses, with file and line. */
final class ScenarioReader {
    private static final List<String> PROFILES = List.of("fast", "normal", "patient");
    private static final List<String> TIERS = List.of("ci", "nightly");

    private final Map<String, Integer> verbCount = new HashMap<>();
    private final Set<String> stepNames = new LinkedHashSet<>();

    private final int storageCount;

    private ScenarioReader(int storageCount) {
        this.storageCount = storageCount;
    }

    static Scenario read(Path folder) {
        return read(folder, 0);
    }

    /**
     * @param storageCount quorum storages instead of the scenario's own; 0 leaves them
     */
    static Scenario read(Path folder, int storageCount) {
        Yaml file = Yaml.read(folder.resolve("scenario.yaml"));
        return new ScenarioReader(storageCount).read(folder, file);
    }

    private Scenario read(Path folder, Yaml file) {
        Keys keys = file.keys("the scenario");
        String tier = keys.oneOf("tier", TIERS, "ci");
        int hostCount = keys.number("hosts", 3);
        List<String> hosts =
                IntStream.rangeClosed(1, hostCount).mapToObj(i -> "h" + i).toList();
        List<Storage> written =
                keys.find("storages").map(ScenarioReader::storages).orElse(LabPlan.directories(1));
        List<Storage> storages = storageCount > 0 ? LabPlan.directories(storageCount) : written;
        int coordinators = keys.number("coordinators", 1);
        Map<String, String> vms = vms(keys, hosts);
        List<String> running = vms.keySet().stream().toList();
        Cast cast = new Cast(hosts, storages.stream().map(Storage::id).toList(), vms, coordinators);
        LabPlan plan = new LabPlan(
                Labs.freshId(),
                hostCount,
                storages,
                Profile.valueOf(keys.oneOf("profile", PROFILES, "fast").toUpperCase(Locale.ROOT)),
                keys.find("settings").map(ScenarioReader::settings).orElse(Map.of()),
                keys.find("host-settings")
                        .map(value -> hostSettings(value, cast))
                        .orElse(Map.of()),
                coordinators,
                running,
                keys.oneOf("watchdog-action", List.of("cycle", "off"), "cycle"),
                keys.duration("boot-delay", Duration.ofSeconds(1)),
                keys.flag("agents", true));
        List<Step> steps = keys.need("steps").items().stream()
                .map(item -> step(item, cast))
                .toList();
        Yaml expected = keys.need("expect");
        List<Check> checks = Expectations.read(expected, cast);
        keys.end();
        vms.values().removeIf(host -> host.equals("nobody"));
        Promise promise = promise(expected);
        return new Scenario(
                folder.toAbsolutePath().normalize().getFileName().toString(),
                folder,
                tier,
                plan,
                vms,
                steps,
                checks,
                Expectations.expectedViolations(expected),
                promise.step(),
                promise.budgetMs());
    }

    private static List<Storage> storages(Yaml value) {
        if (!value.isList()) {
            return LabPlan.directories(value.number());
        }
        List<Storage> storages = new ArrayList<>();
        for (Yaml item : value.items()) {
            Keys keys = item.keys("a storage", "id");
            String kind = keys.oneOf("kind", List.of("directory", "block"), "directory");
            storages.add(new Storage(keys.text("id"), Storage.Kind.valueOf(kind.toUpperCase(Locale.ROOT))));
            keys.end();
        }
        return storages;
    }

    private static Map<String, String> vms(Keys scenario, List<String> hosts) {
        Map<String, String> vms = new LinkedHashMap<>();
        for (Yaml item : scenario.find("vms").map(Yaml::items).orElse(List.of())) {
            Keys keys = item.keys("a VM", "name");
            Optional<Yaml> on = keys.find("on");
            on.filter(host -> !hosts.contains(host.text())).ifPresent(host -> {
                throw host.wrong("no host '" + host.text() + "'; the scenario has " + hosts);
            });
            vms.put(keys.text("name"), on.map(Yaml::text).orElse("nobody"));
            keys.end();
        }
        return vms;
    }

    private static Map<String, Object> settings(Yaml value) {
        Map<String, Object> settings = new LinkedHashMap<>();
        value.keys("settings").all().forEach((key, setting) -> settings.put(key, setting.plain()));
        return settings;
    }

    private static Map<String, Map<String, Object>> hostSettings(Yaml value, Cast cast) {
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        value.keys("host-settings").all().forEach((host, settings) -> {
            if (!cast.hosts().contains(host)) {
                throw settings.wrong("no host '" + host + "'; the scenario has " + cast.hosts());
            }
            all.put(host, settings(settings));
        });
        return all;
    }

    private Step step(Yaml item, Cast cast) {
        Keys keys = item.keys("a step");
        Optional<Duration> at = keys.find("at").map(Yaml::duration);
        boolean background = keys.flag("background", false);
        Optional<String> as = keys.find("as").map(Yaml::text);
        Optional<Yaml> together = keys.find("together");
        List<String> verbs = keys.rest();
        if (together.isPresent() ? !verbs.isEmpty() : verbs.size() != 1) {
            throw item.wrong("a step has exactly one verb, this one has " + verbs);
        }
        if (together.isPresent()) {
            List<Step> inner =
                    together.get().items().stream().map(one -> step(one, cast)).toList();
            return new Step(
                    named("together", as), "together", item.line(), at, background, ScenarioPlay.together(inner));
        }
        String name = verbs.get(0);
        Verb verb = Verbs.ALL.get(name);
        if (verb == null) {
            throw item.wrong("unknown step '" + name + "' (known: together, "
                    + String.join(", ", Verbs.ALL.keySet().stream().sorted().toList()) + ")");
        }
        return new Step(named(name, as), name, item.line(), at, background, verb.read(keys.need(name), cast));
    }

    private String named(String verb, Optional<String> as) {
        int number = verbCount.merge(verb, 1, Integer::sum);
        String name = as.orElse(number == 1 ? verb : verb + "-" + number);
        stepNames.add(name);
        return name;
    }

    /** What {@code within} of the final decision promises. */
    private record Promise(String step, long budgetMs) {}

    private Promise promise(Yaml expected) {
        Keys keys = expected.keys("expect");
        boolean allowed = keys.texts("decision", List.of()).equals(List.of("ALLOW"));
        Optional<Keys> within = keys.find("within").map(value -> value.keys("within"));
        if (within.isEmpty()) {
            return new Promise("", 0);
        }
        Yaml of = within.get().need("of");
        if (!stepNames.contains(of.text())) {
            throw of.wrong("no step is named '" + of.text() + "'; there are " + stepNames);
        }
        long budgetMs = Math.round(1000 * within.get().need("seconds").decimal());
        return allowed ? new Promise(of.text(), budgetMs) : new Promise(of.text(), 0);
    }
}
