package io.quorumfence.agent.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads back what {@link RecordWriter} wrote. Fields that this version does not know are passed over; a field that is
 * missing is an {@link IllegalArgumentException} unless it is optional.
 */
final class RecordReader {
    private static final Map<Class<?>, Map<String, Class<?>>> MEMBERS = new ConcurrentHashMap<>();

    private RecordReader() {}

    static <T> T read(JsonNode node, Class<T> type) {
        return type.cast(read(node, (Type) type));
    }

    private static Object read(JsonNode node, Type type) {
        Class<?> raw = RecordWriter.rawClass(type);
        if (raw == Optional.class) {
            return node.isNull() || node.isMissingNode()
                    ? Optional.empty()
                    : Optional.of(read(node, RecordWriter.argument(type, 0)));
        }
        if (node.isMissingNode() || node.isNull()) {
            throw new IllegalArgumentException("no value for a " + raw.getSimpleName());
        }
        if (raw == List.class) {
            return items(node, type);
        }
        if (raw == Set.class) {
            return new LinkedHashSet<>(items(node, type));
        }
        if (raw == Map.class) {
            return map(node, type);
        }
        if (raw.isRecord()) {
            return record(node, raw, type);
        }
        if (raw.isInterface()) {
            return member(node, raw);
        }
        return plain(node, raw);
    }

    private static List<Object> items(JsonNode node, Type type) {
        List<Object> items = new ArrayList<>();
        for (JsonNode item : node) {
            items.add(read(item, RecordWriter.argument(type, 0)));
        }
        return items;
    }

    private static Map<Object, Object> map(JsonNode node, Type type) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            Class<?> key = RecordWriter.rawClass(RecordWriter.argument(type, 0));
            map.put(ofText(entry.getKey(), key), read(entry.getValue(), RecordWriter.argument(type, 1)));
        }
        return map;
    }

    private static Object record(JsonNode node, Class<?> raw, Type type) {
        RecordShape shape = RecordShape.of(raw);
        if (shape.isId() && !node.isObject()) {
            return ofText(node.asText(), raw);
        }
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : shape.components()) {
            try {
                values.add(
                        read(node.path(component.getName()), RecordShape.resolved(component.getGenericType(), type)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        raw.getSimpleName() + "." + component.getName() + ": " + e.getMessage(), e);
            }
        }
        return shape.make(values.toArray());
    }

    private static Object member(JsonNode node, Class<?> raw) {
        String name = node.path(RecordWriter.TYPE).asText();
        Class<?> member = MEMBERS.computeIfAbsent(raw, RecordReader::membersOf).get(name);
        if (member == null) {
            throw new UnknownName("no " + raw.getSimpleName() + " is called '" + name + "'");
        }
        return record(node, member, member);
    }

    /** The records of a sealed interface, its sealed sub-interfaces included, by their simple names. */
    private static Map<String, Class<?>> membersOf(Class<?> sealed) {
        Map<String, Class<?>> members = new HashMap<>();
        if (!sealed.isSealed()) {
            throw new IllegalArgumentException("the journal cannot hold a " + sealed + ", which is not sealed");
        }
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            Map<String, Class<?>> below =
                    permitted.isRecord() ? Map.of(permitted.getSimpleName(), permitted) : membersOf(permitted);
            below.forEach((name, type) -> {
                if (members.put(name, type) != null) {
                    throw new IllegalStateException("two types of " + sealed + " are called " + name);
                }
            });
        }
        return members;
    }

    private static Object plain(JsonNode node, Class<?> raw) {
        if (raw == long.class || raw == Long.class) {
            return number(node);
        }
        if (raw == int.class || raw == Integer.class) {
            return Math.toIntExact(number(node));
        }
        if (raw == boolean.class || raw == Boolean.class) {
            if (!node.isBoolean()) {
                throw new IllegalArgumentException("'" + node + "' is neither true nor false");
            }
            return node.booleanValue();
        }
        if (raw == double.class || raw == Double.class) {
            return node.doubleValue();
        }
        if (raw == byte[].class) {
            try {
                return node.binaryValue();
            } catch (IOException e) {
                throw new IllegalArgumentException("not base64", e);
            }
        }
        return ofText(node.asText(), raw);
    }

    private static long number(JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw new IllegalArgumentException("'" + node + "' is no whole number");
        }
        return node.longValue();
    }

    private static Object ofText(String text, Class<?> type) {
        if (type == String.class) {
            return text;
        }
        if (type == long.class || type == Long.class) {
            return Long.parseLong(text);
        }
        if (type == int.class || type == Integer.class) {
            return Integer.parseInt(text);
        }
        if (type == UUID.class) {
            return UUID.fromString(text);
        }
        if (type == Duration.class) {
            return Duration.parse(text);
        }
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                if (((Enum<?>) constant).name().equals(text)) {
                    return constant;
                }
            }
            throw new IllegalArgumentException("no " + type.getSimpleName() + " is called '" + text + "'");
        }
        if (type.isRecord() && RecordShape.of(type).isId()) {
            RecordShape shape = RecordShape.of(type);
            return shape.make(ofText(text, shape.components().get(0).getType()));
        }
        throw new IllegalArgumentException("the journal cannot hold a " + type.getName());
    }

    /** A type that this version does not have. */
    static final class UnknownName extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        UnknownName(String message) {
            super(message);
        }
    }
}
