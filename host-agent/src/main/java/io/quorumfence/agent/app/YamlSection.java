package io.quorumfence.agent.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One mapping of a YAML file. Every key that is read is remembered; {@link #end} refuses the others by name, so that a
 * misspelt setting is never silently a default.
 */
final class YamlSection {
    private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m)");

    private final String file;
    private final String path;
    private final JsonNode node;
    private final Set<String> read = new HashSet<>();

    YamlSection(String file, String path, JsonNode node) {
        if (!node.isObject()) {
            throw new StartException(file + ": " + path + " must be a mapping of keys to values");
        }
        this.file = file;
        this.path = path;
        this.node = node;
    }

    String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    StartException wrong(String key, String why) {
        return new StartException(file + ": " + at(key) + " " + why);
    }

    private Optional<JsonNode> node(String key) {
        read.add(key);
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    Optional<String> text(String key) {
        return node(key).map(value -> {
            if (!value.isValueNode()) {
                throw wrong(key, "must be a single value");
            }
            return value.asText();
        });
    }

    String needText(String key) {
        return text(key).orElseThrow(() -> wrong(key, "is missing"));
    }

    int number(String key, int fallback, int min, int max) {
        Optional<JsonNode> value = node(key);
        if (value.isEmpty()) {
            return fallback;
        }
        if (!value.get().isIntegralNumber()
                || value.get().asLong() < min
                || value.get().asLong() > max) {
            throw wrong(key, "is '" + value.get().asText() + "', must be a whole number from " + min + " to " + max);
        }
        return value.get().asInt();
    }

    Duration duration(String key, Duration fallback) {
        Optional<String> value = text(key);
        if (value.isEmpty()) {
            return fallback;
        }
        Matcher form = DURATION.matcher(value.get());
        if (!form.matches()) {
            throw wrong(key, "is '" + value.get() + "', must be a duration such as 500ms, 2s or 10m");
        }
        long amount = Long.parseLong(form.group(1));
        return switch (form.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            default -> Duration.ofMinutes(amount);
        };
    }

    <E extends Enum<E>> E choice(String key, E fallback, Class<E> type) {
        Optional<String> value = text(key);
        if (value.isEmpty()) {
            return fallback;
        }
        List<String> words = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            String word = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (word.equals(value.get())) {
                return constant;
            }
            words.add(word);
        }
        throw wrong(key, "is '" + value.get() + "', must be one of " + String.join(", ", words));
    }

    Optional<YamlSection> section(String key) {
        return node(key).map(value -> new YamlSection(file, at(key), value));
    }

    <T> List<T> list(String key, Function<YamlSection, T> item) {
        JsonNode value = node(key).orElseThrow(() -> wrong(key, "is missing"));
        if (!value.isArray()) {
            throw wrong(key, "must be a list");
        }
        List<T> items = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            YamlSection one = new YamlSection(file, at(key) + "[" + i + "]", value.get(i));
            items.add(item.apply(one));
            one.end();
        }
        return items;
    }

    List<String> texts(String key) {
        JsonNode value = node(key).orElseThrow(() -> wrong(key, "is missing"));
        if (!value.isArray()) {
            throw wrong(key, "must be a list");
        }
        List<String> items = new ArrayList<>();
        value.forEach(one -> items.add(one.asText()));
        return items;
    }

    Map<String, String> map(String key) {
        JsonNode value = node(key).orElseThrow(() -> wrong(key, "is missing"));
        Map<String, String> map = new HashMap<>();
        value.fields()
                .forEachRemaining(
                        entry -> map.put(entry.getKey(), entry.getValue().asText()));
        return map;
    }

    /** Refuses what nobody asked for. */
    void end() {
        node.fieldNames().forEachRemaining(key -> {
            if (!read.contains(key)) {
                throw new StartException(file + ": unknown key '" + at(key) + "'; known here: "
                        + String.join(", ", new java.util.TreeSet<>(read)));
            }
        });
    }
}
