package io.quorumfence.lab.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorumfence.check.Evidence.ClaimSeen;
import io.quorumfence.check.Evidence.Sight;
import io.quorumfence.check.Evidence.View;
import io.quorumfence.lab.watch.StatusWatch;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/** What can be awaited and held. Each is one key with what it is about. */
final class Conditions {
    static final Map<String, BiFunction<Yaml, Cast, Condition>> ALL = all();

    private static final List<String> PHASES = List.of("STARTING", "JOINING", "JOINED", "LATCHED");
    private static final List<String> STAGES = List.of("CLAIMED", "POWER_INTENT", "PROVEN", "WITHDRAWN", "ABANDONED");

    private Conditions() {}

    private static Map<String, BiFunction<Yaml, Cast, Condition>> all() {
        Map<String, BiFunction<Yaml, Cast, Condition>> all = new TreeMap<>();
        all.put("writing", (value, cast) -> ofVm(value, cast, "writing", "%2$s writes %1$s", Conditions::writes));
        all.put(
                "not-writing",
                (value, cast) -> ofVm(value, cast, "not-writing", "%2$s does not write %1$s", not(Conditions::writes)));
        all.put(
                "process",
                (value, cast) -> ofVm(value, cast, "process", "%2$s has a process of %1$s", Conditions::has));
        all.put(
                "no-process",
                (value, cast) -> ofVm(value, cast, "no-process", "%2$s has no process of %1$s", not(Conditions::has)));
        all.put("powered", (value, cast) -> ofHost(value, cast, "%s is powered", Conditions::isOn));
        all.put("off", (value, cast) -> ofHost(value, cast, "%s is off", not(Conditions::isOn)));
        all.put(
                "reset",
                (value, cast) -> ofHost(
                        value,
                        cast,
                        "%s's watchdog has fired",
                        (stage, host) -> stage.cell().boxes().resets(host) > 0));
        all.put("agent-answers", (value, cast) -> ofHost(value, cast, "%s's agent answers", Conditions::answers));
        all.put("agent-silent", (value, cast) -> ofHost(value, cast, "%s's agent is silent", not(Conditions::answers)));
        all.put("armed", (value, cast) -> ofHost(value, cast, "%s's watchdog is armed", Conditions::isArmed));
        all.put("phase", Conditions::phase);
        all.put("suspects", (value, cast) -> sight(value, cast, "suspects", Sight::suspected));
        all.put("sees", (value, cast) -> sight(value, cast, "sees", sight -> !sight.suspected()));
        all.put("claim", Conditions::claim);
        all.put("no-claim", Conditions::noClaim);
        all.put("alert", Conditions::alert);
        all.put("withheld", Conditions::withheld);
        all.put("self-fence", Conditions::selfFence);
        all.put("delivered", Conditions::delivered);
        all.put(
                "event",
                (value, cast) -> new Condition(
                        "'" + value.text() + "' has happened",
                        stage -> stage.cell().timeline().first(value.text()).isPresent()));
        return Map.copyOf(all);
    }

    /** The one condition among the keys that were not asked for yet. */
    static Condition read(Keys keys, Cast cast, String verb) {
        List<String> named = keys.rest().stream().filter(ALL::containsKey).toList();
        if (named.size() != 1) {
            throw keys.wrong(verb + " needs exactly one of " + new TreeMap<>(ALL).keySet()
                    + (named.isEmpty() ? "" : ", not " + named));
        }
        String name = named.get(0);
        return find(name).apply(keys.need(name), cast);
    }

    private static BiFunction<Yaml, Cast, Condition> find(String name) {
        BiFunction<Yaml, Cast, Condition> found = ALL.get(name);
        if (found == null) {
            throw new IllegalStateException(name);
        }
        return found;
    }

    /** A question about a host, or about a VM on a host (then the first text is the VM's). */
    private interface OfHost {
        boolean test(Stage stage, String host);
    }

    private interface OfVm {
        boolean test(Stage stage, String vm, String host);
    }

    private static OfHost not(OfHost condition) {
        return (stage, host) -> !condition.test(stage, host);
    }

    private static OfVm not(OfVm condition) {
        return (stage, vm, host) -> !condition.test(stage, vm, host);
    }

    private static Condition ofVm(Yaml value, Cast cast, String name, String words, OfVm test) {
        Keys keys = value.keys(name);
        String vm = cast.vm(keys.need("vm"));
        String host = cast.host(keys.need("on"));
        keys.end();
        return new Condition(words.formatted(vm, host), stage -> test.test(stage, vm, host));
    }

    private static Condition ofHost(Yaml value, Cast cast, String words, OfHost test) {
        List<String> hosts = cast.hosts(value);
        return new Condition(words.formatted(hosts), stage -> hosts.stream().allMatch(host -> test.test(stage, host)));
    }

    private static boolean writes(Stage stage, String vm, String host) {
        return stage.cell().disks().isWriting(vm, host);
    }

    private static boolean has(Stage stage, String vm, String host) {
        return stage.cell().processes().isPresent(vm, host);
    }

    private static boolean isOn(Stage stage, String host) {
        return stage.cell().lab().box(host).isOn();
    }

    private static boolean answers(Stage stage, String host) {
        return stage.cell().agents().status(host).isPresent();
    }

    private static boolean isArmed(Stage stage, String host) {
        Optional<JsonNode> status = stage.cell().agents().status(host);
        return status.filter(s -> s.path("terms").path("armed").asBoolean()).isPresent();
    }

    private static Condition phase(Yaml value, Cast cast) {
        Keys keys = value.keys("phase");
        List<String> hosts = cast.hosts(keys.need("host"));
        String phase = keys.need("is").oneOf(PHASES);
        keys.end();
        return new Condition(
                hosts + " is " + phase,
                stage -> hosts.stream()
                        .allMatch(host -> agents(stage)
                                .view(host)
                                .filter(view -> view.phase().equals(phase))
                                .isPresent()));
    }

    private static Condition sight(Yaml value, Cast cast, String verb, Predicate<Sight> test) {
        Keys keys = value.keys(verb);
        List<String> observers = cast.hosts(keys.need("host"));
        List<String> others = cast.hosts(keys.need("of"));
        keys.end();
        return new Condition(
                observers + " " + verb + " " + others,
                stage -> observers.stream()
                        .allMatch(observer -> agents(stage).view(observer).stream()
                                        .flatMap(view -> view.sights().stream())
                                        .filter(sight -> others.contains(sight.host())
                                                && !sight.host().equals(observer))
                                        .filter(test)
                                        .count()
                                == others.stream()
                                        .filter(other -> !other.equals(observer))
                                        .count()));
    }

    private static Condition claim(Yaml value, Cast cast) {
        Keys keys = value.keys("claim");
        String suspect = cast.host(keys.need("suspect"));
        String stageName = keys.need("stage").oneOf(STAGES);
        String rung = keys.text("rung", "");
        keys.end();
        return new Condition(
                "a claim on " + suspect + " is " + stageName + (rung.isEmpty() ? "" : " by " + rung),
                stage -> claims(stage).stream()
                        .anyMatch(claim -> claim.suspect().equals(suspect)
                                && claim.stage().equals(stageName)
                                && (rung.isEmpty() || claim.rung().equals(rung))));
    }

    private static Condition noClaim(Yaml value, Cast cast) {
        List<String> hosts = cast.hosts(value);
        return new Condition(
                "nobody has claimed " + hosts,
                stage -> claims(stage).stream().noneMatch(claim -> hosts.contains(claim.suspect())));
    }

    private static Condition alert(Yaml value, Cast cast) {
        Keys keys = value.keys("alert");
        List<String> hosts = cast.hosts(keys.need("host"));
        String code = keys.text("code", "");
        keys.end();
        return new Condition(
                hosts + " raises alert " + code,
                stage -> hosts.stream()
                        .allMatch(host -> agents(stage)
                                .view(host)
                                .filter(view -> view.alerts().stream()
                                        .anyMatch(raised -> code.isEmpty() || raised.equals(code)))
                                .isPresent()));
    }

    private static Condition selfFence(Yaml value, Cast cast) {
        Keys keys = value.keys("self-fence");
        List<String> hosts = cast.hosts(keys.need("host"));
        String word = keys.text("is", "");
        keys.end();
        return new Condition(
                "the self-fence of " + hosts + " is " + word,
                stage -> hosts.stream()
                        .allMatch(host -> stage.cell()
                                .agents()
                                .status(host)
                                .filter(status -> status.path("selfFence")
                                        .path("inForce")
                                        .asText()
                                        .equals(word))
                                .isPresent()));
    }

    private static Condition delivered(Yaml value, Cast cast) {
        Keys keys = value.keys("delivered");
        List<String> hosts = cast.hosts(keys.need("host"));
        String code = keys.text("code", "");
        keys.end();
        return new Condition(
                hosts + " received the webhook of " + code,
                stage -> hosts.stream()
                        .allMatch(
                                host -> stage.cell().lab().box(host).webhooks().contains("\"code\":\"" + code + "\"")));
    }

    private static Condition withheld(Yaml value, Cast cast) {
        Keys keys = value.keys("withheld");
        String host = cast.host(keys.need("host"));
        String storage = cast.storages(keys.need("storage")).get(0);
        keys.end();
        return new Condition("a request of " + host + " to " + storage + " is withheld", stage -> {
            String status = stage.cell().lab().box(host).faults(storage).status();
            try {
                return new ObjectMapper().readTree(status).path("withheld").asInt() > 0;
            } catch (IOException e) {
                return false;
            }
        });
    }

    private static List<ClaimSeen> claims(Stage stage) {
        return stage.cell().record().map(View::claims).orElse(List.of());
    }

    private static StatusWatch agents(Stage stage) {
        return stage.cell().agents();
    }
}
