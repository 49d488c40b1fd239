package io.quorumfence.coordinator.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One mapping of the file. Keys that were not asked for are refused by name when the section is closed. */
final class ConfigSection {
    private final String file;
    private final String path;
    private final ObjectNode node;
    private final TreeSet<String> known = new TreeSet<>();

    private ConfigSection(String file, String path, ObjectNode node) {
        this.file = file;
        this.path = path;
        this.node = node;
    }

    static ConfigSection of(String file, @Nullable JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            return new ConfigSection(file, "", object);
        }
        throw new ConfigFault(file + ": the file must be a mapping of keys to values");
    }

    /** Complains about a key. */
    ConfigFault fault(String key, String why) {
        return new ConfigFault(file + ": " + at(key) + " " + why);
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private Optional<JsonNode> value(String key) {
        known.add(key);
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    Optional<String> text(String key) {
        return value(key).map(value -> {
            if (!value.isTextual() || value.asText().isBlank()) {
                throw fault(key, "must be a text, not " + value);
            }
            return value.asText();
        });
    }

    String needText(String key) {
        return text(key).orElseThrow(() -> fault(key, "is missing"));
    }

    int number(String key, int absent, int min, int max) {
        return value(key)
                .map(value -> {
                    if (!value.isInt() || value.asInt() < min || value.asInt() > max) {
                        throw fault(key, "must be a whole number from " + min + " to " + max + ", not " + value);
                    }
                    return value.asInt();
                })
                .orElse(absent);
    }

    /** A span such as {@code 500ms}, {@code 2s}, {@code 10m}. */
    Duration span(String key, Duration absent, Duration min, Duration max) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return absent;
        }
        Duration span = Spans.parse(text.get())
                .orElseThrow(() -> fault(key, "must be a span such as 500ms, 2s or 10m, not '" + text.get() + "'"));
        if (span.compareTo(min) < 0 || span.compareTo(max) > 0) {
            throw fault(
                    key, "must be from " + Spans.show(min) + " to " + Spans.show(max) + ", not " + Spans.show(span));
        }
        return span;
    }

    /** A nested mapping; an absent one is empty. */
    ConfigSection section(String key) {
        JsonNode value = value(key).orElseGet(node::objectNode);
        if (value instanceof ObjectNode object) {
            return new ConfigSection(file, at(key), object);
        }
        throw fault(key, "must be a mapping of keys to values");
    }

    /** A list of mappings with at least one item. */
    List<ConfigSection> list(String key) {
        JsonNode value = value(key).orElseThrow(() -> fault(key, "is missing"));
        if (!value.isArray() || value.isEmpty()) {
            throw fault(key, "must be a list with at least one item");
        }
        List<ConfigSection> items = new ArrayList<>();
        for (JsonNode item : value) {
            String place = at(key) + "[" + items.size() + "]";
            if (!(item instanceof ObjectNode object)) {
                throw new ConfigFault(file + ": " + place + " must be a mapping of keys to values");
            }
            items.add(new ConfigSection(file, place, object));
        }
        return items;
    }

    /** Refuses keys that nobody asked for. */
    void close() {
        node.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                throw new ConfigFault(
                        file + ": unknown key '" + at(key) + "'; known here: " + String.join(", ", known));
            }
        });
    }
}
