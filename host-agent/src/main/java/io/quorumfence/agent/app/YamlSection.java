package io.quorumfence.agent.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.quorumfence.config.ConfigException;
import io.quorumfence.config.DeadlineRules;
import io.quorumfence.config.DurationText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * One mapping of a YAML file. Every key that is asked for is remembered; {@link #end} refuses the others by name, so
 * that a misspelt setting is never silently a default. Whatever is wrong is a {@link ConfigException} with the key's
 * path.
 */
final class YamlSection {
    /** Keys that a reader of other tools' or older papers expects, and what stands in their place. */
    private static final Map<String, String> RETIRED = Map.ofEntries(
            Map.entry("nodes", "members"),
            Map.entry("hosts", "members"),
            Map.entry("quorum", "storages"),
            Map.entry("disks", "storages"),
            Map.entry("name", "cell"),
            Map.entry("heartbeat", "deadlines.beat"),
            Map.entry("interval", "deadlines.beat"),
            Map.entry("timeout", "deadlines.suspect"),
            Map.entry("fencing", "selfFence"),
            Map.entry("clockDrift", "rho"),
            Map.entry("deadlines.heartbeat", "deadlines.beat"),
            Map.entry("deadlines.lease", "deadlines.self"),
            Map.entry("deadlines.flight", "flight"),
            Map.entry("selfFence.timeout", "deadlines.act"),
            Map.entry("selfFence.graceful", "deadlines.act"),
            Map.entry("watchdog.timeout", "deadlines.watchdog"),
            Map.entry("watchdog.path", "watchdog.device"),
            Map.entry("driver", "libvirt.driver"),
            Map.entry("shadow", "mode"),
            Map.entry("reaction", "selfFence.reaction"),
            Map.entry("cooldown", "selfFence.cooldown"),
            Map.entry("webhook", "alerts.webhook"));

    private static final int NEAR = 2;

    private final String path;
    private final JsonNode node;
    private final Ledger ledger;
    private final Set<String> asked = new TreeSet<>();

    YamlSection(String path, JsonNode node, Ledger ledger) {
        if (!node.isObject()) {
            throw new ConfigException((path.isEmpty() ? "the file" : path) + ": must be a mapping of keys to values");
        }
        this.path = path;
        this.node = node;
        this.ledger = ledger;
    }

    Ledger ledger() {
        return ledger;
    }

    String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    ConfigException wrong(String key, String why) {
        return new ConfigException(at(key) + ": " + why);
    }

    private Optional<JsonNode> node(String key) {
        asked.add(key);
        JsonNode value = node.get(key);
        if (value != null && value.isNull()) {
            throw wrong(key, "is empty; give a value or leave the key out for the default");
        }
        return Optional.ofNullable(value);
    }

    private <T> T need(Optional<T> value, String key) {
        return value.orElseThrow(() -> missing(key, ""));
    }

    /** A key that is there under another name is called by that one. */
    private ConfigException missing(String key, String what) {
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            boolean meant = at(key).equals(RETIRED.get(at(name))) || distance(name, key) <= NEAR;
            if (meant && !asked.contains(name)) {
                return new ConfigException(refusal(name));
            }
        }
        return wrong(key, "is missing" + what);
    }

    boolean has(String key) {
        return node(key).isPresent();
    }

    Optional<String> text(String key) {
        Optional<String> text = node(key).map(value -> scalar(at(key), value));
        text.ifPresent(value -> ledger.read(at(key), value));
        return text;
    }

    String text(String key, String fallback) {
        return text(key).orElseGet(() -> preset(key, fallback, fallback));
    }

    /** A text that must not be shown as it is: it may hold a secret. */
    Optional<String> hiddenText(String key, Function<String, String> shown) {
        Optional<String> text = node(key).map(value -> scalar(at(key), value));
        text.ifPresent(value -> ledger.read(at(key), shown.apply(value)));
        return text;
    }

    private <T> T preset(String key, T value, String shown) {
        ledger.preset(at(key), shown);
        return value;
    }

    private static String scalar(String at, JsonNode value) {
        if (!value.isValueNode() || value.isNull() || value.asText().isBlank()) {
            throw new ConfigException(at + ": must be a single value");
        }
        return value.asText();
    }

    String needText(String key) {
        return need(text(key), key);
    }

    /** A text that is an id or another type of its own. */
    <T> T need(String key, Function<String, T> type) {
        return typed(at(key), needText(key), type);
    }

    private static <T> T typed(String at, String text, Function<String, T> type) {
        try {
            return type.apply(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(at + ": " + e.getMessage());
        }
    }

    /** A path on this host; relative ones would depend on where the agent was started. */
    Optional<Path> absolute(String key) {
        Optional<Path> value = text(key).map(text -> typed(at(key), text, Path::of));
        if (value.isPresent() && !value.get().isAbsolute()) {
            throw wrong(key, "'" + value.get() + "' must be an absolute path");
        }
        return value;
    }

    Path absolute(String key, Path fallback) {
        return absolute(key).orElseGet(() -> preset(key, fallback, fallback.toString()));
    }

    Path needAbsolute(String key) {
        return need(absolute(key), key);
    }

    /** Any number of paths; none when the key is left out. */
    List<Path> absolutes(String key) {
        List<Path> paths = node(key).isPresent() ? texts(key, Path::of) : List.of();
        for (Path path : paths) {
            if (!path.isAbsolute()) {
                throw wrong(key, "'" + path + "' must be an absolute path");
            }
        }
        return paths;
    }

    int number(String key, int fallback, int min, int max) {
        Optional<JsonNode> value = node(key);
        if (value.isEmpty()) {
            return preset(key, fallback, Integer.toString(fallback));
        }
        boolean fits = value.get().canConvertToInt()
                && value.get().isIntegralNumber()
                && value.get().asInt() >= min
                && value.get().asInt() <= max;
        if (!fits) {
            throw wrong(key, "'" + value.get().asText() + "' must be a whole number, " + min + " to " + max);
        }
        ledger.read(at(key), value.get().asText());
        return value.get().asInt();
    }

    /** A duration without limits of its own: the rules between the deadlines judge it. */
    Duration duration(String key, Duration fallback) {
        return text(key)
                .map(text -> DurationText.parse(at(key), text))
                .orElseGet(() -> preset(key, fallback, DurationText.of(fallback)));
    }

    Duration duration(String key, Duration fallback, Duration min, Duration max) {
        Duration value = duration(key, fallback);
        DeadlineRules.range(at(key), value, min, max);
        return value;
    }

    <E> E choice(String key, E fallback, Map<String, E> words) {
        return choice(key, words).orElseGet(() -> preset(key, fallback, wordOf(fallback, words)));
    }

    private static <E> String wordOf(E value, Map<String, E> words) {
        return words.entrySet().stream()
                .filter(entry -> entry.getValue().equals(value))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("not accepted");
    }

    <E> E needChoice(String key, Map<String, E> words) {
        return choice(key, words)
                .orElseThrow(() -> missing(key, "; must be one of " + String.join(", ", words.keySet())));
    }

    /** One of the given words. */
    <E> Optional<E> choice(String key, Map<String, E> words) {
        Optional<String> value = text(key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        E chosen = words.get(value.get());
        if (chosen == null) {
            String hint = nearest(value.get(), words.keySet())
                    .map(word -> "; did you mean '" + word + "'?")
                    .orElse("");
            throw wrong(key, "'" + value.get() + "' must be one of " + String.join(", ", words.keySet()) + hint);
        }
        return Optional.of(chosen);
    }

    /** The constants of an enum under the names that files use: lower case, with dashes. */
    static <E extends Enum<E>> Map<String, E> words(E[] constants) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E constant : constants) {
            words.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        return words;
    }

    Optional<YamlSection> section(String key) {
        return node(key).map(value -> new YamlSection(at(key), value, ledger));
    }

    /** Reads a section to its end, an absent one as if it were empty. */
    <T> T in(String key, Function<YamlSection, T> read) {
        YamlSection section =
                section(key).orElseGet(() -> new YamlSection(at(key), JsonNodeFactory.instance.objectNode(), ledger));
        T value = read.apply(section);
        section.end();
        return value;
    }

    <T> List<T> list(String key, Function<YamlSection, T> item) {
        List<T> items = new ArrayList<>();
        for (JsonNode value : array(key)) {
            YamlSection one = new YamlSection(at(key) + "[" + items.size() + "]", value, ledger);
            items.add(item.apply(one));
            one.end();
        }
        return items;
    }

    <T> List<T> texts(String key, Function<String, T> type) {
        List<T> items = new ArrayList<>();
        for (JsonNode value : array(key)) {
            String at = at(key) + "[" + items.size() + "]";
            items.add(typed(at, scalar(at, value), type));
        }
        ledger.read(at(key), items.toString());
        return items;
    }

    /** The words of a command line, as they are given to the kernel; a shell never sees them. */
    List<String> command(String key, List<String> fallback) {
        if (node(key).isEmpty()) {
            return preset(key, fallback, fallback.toString());
        }
        List<String> words = texts(key, text -> text);
        if (words.isEmpty() || !words.get(0).startsWith("/")) {
            throw wrong(key, "must be a list of words, the first an absolute path");
        }
        return words;
    }

    private JsonNode array(String key) {
        JsonNode value = need(node(key), key);
        if (!value.isArray()) {
            throw wrong(key, "must be a list");
        }
        return value;
    }

    /** A mapping whose keys are names of the operator's own. */
    <K> Map<K, String> map(String key, Function<String, K> type) {
        JsonNode value = need(node(key), key);
        if (!value.isObject()) {
            throw wrong(key, "must be a mapping of names to values");
        }
        Map<K, String> map = new LinkedHashMap<>();
        value.fields().forEachRemaining(entry -> {
            String at = at(key) + "." + entry.getKey();
            map.put(typed(at, entry.getKey(), type), scalar(at, entry.getValue()));
        });
        return map;
    }

    /** Refuses what nobody asked for. */
    void end() {
        node.fieldNames().forEachRemaining(key -> {
            if (!asked.contains(key)) {
                throw new ConfigException(refusal(key));
            }
        });
    }

    private String refusal(String key) {
        String successor = RETIRED.get(at(key));
        if (successor != null) {
            return "'" + at(key) + "' is no key of this version; use '" + successor + "'";
        }
        String where = path.isEmpty() ? "top level" : path;
        String hint = nearest(key, asked)
                .map(near -> "; did you mean '" + near + "'?")
                .orElseGet(() -> "; known there: " + String.join(", ", asked));
        return "unknown key '" + key + "' in " + where + hint;
    }

    private static Optional<String> nearest(String word, Set<String> known) {
        return known.stream()
                .filter(one -> distance(word, one) <= NEAR)
                .min((a, b) -> Integer.compare(distance(word, a), distance(word, b)));
    }

    /** Letters to insert, delete or change. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = diagonal + (sameLetter(from.charAt(i - 1), to.charAt(j - 1)) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }

    private static boolean sameLetter(char a, char b) {
        return Character.toLowerCase(a) == Character.toLowerCase(b);
    }
}
