package io.quorumfence.agent.api;

import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON object strictly: a field that is missing, unknown, of another type or out of range is a fault, never a
 * default (I8). A field that is null counts as missing. Immutable view; any thread.
 */
final class Fields {
    private static final int QUOTED_MAX = 40;

    private final JsonObject json;
    private final String path;

    private Fields(JsonObject json, String path) {
        this.json = json;
        this.path = path;
    }

    static Fields of(JsonObject json) {
        return new Fields(json, "");
    }

    /** Refuses every other field, by name: a misspelt one must not be overlooked. */
    Fields only(String... known) throws MalformedJson {
        List<String> names = Arrays.asList(known);
        for (String name : json.fieldNames()) {
            if (!names.contains(name)) {
                throw new MalformedJson("field '" + quoted(path + name) + "' is not known here");
            }
        }
        return this;
    }

    boolean has(String name) {
        return json.getValue(name) != null;
    }

    String text(String name, int max) throws MalformedJson {
        Object value = present(name);
        boolean fits = value instanceof String text
                && !text.isEmpty()
                && text.length() <= max
                && text.chars().noneMatch(Character::isISOControl);
        if (!fits) {
            throw fault(name, "must be a text of 1 to " + max + " characters", value);
        }
        return (String) value;
    }

    /** A text that may also be empty. */
    String remark(String name, int max) throws MalformedJson {
        return "".equals(json.getValue(name)) ? "" : text(name, max);
    }

    long number(String name, long min, long max) throws MalformedJson {
        Object value = present(name);
        boolean whole = value instanceof Integer || value instanceof Long;
        long number = whole ? ((Number) value).longValue() : 0;
        if (!whole || number < min || number > max) {
            String range = max == Long.MAX_VALUE ? "of " + min + " or more" : "from " + min + " to " + max;
            throw fault(name, "must be a whole number " + range, value);
        }
        return number;
    }

    boolean flag(String name) throws MalformedJson {
        Object value = present(name);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw fault(name, "must be true or false", value);
    }

    UUID uuid(String name) throws MalformedJson {
        Object value = present(name);
        return canonicalUuid(value).orElseThrow(() -> fault(name, "must be a UUID", value));
    }

    VmId vm(String name) throws MalformedJson {
        return new VmId(uuid(name));
    }

    HostId host(String name) throws MalformedJson {
        Object value = present(name);
        try {
            return new HostId(value instanceof String text ? text : "");
        } catch (IllegalArgumentException e) {
            throw fault(name, "must be a host id", value);
        }
    }

    <E extends Enum<E>> E choice(String name, Class<E> type) throws MalformedJson {
        Object value = present(name);
        for (E choice : type.getEnumConstants()) {
            if (choice.name().equals(value)) {
                return choice;
            }
        }
        throw fault(name, "must be one of " + Arrays.toString(type.getEnumConstants()), value);
    }

    Fields object(String name) throws MalformedJson {
        Object value = present(name);
        if (value instanceof JsonObject object) {
            return new Fields(object, path + name + ".");
        }
        throw fault(name, "must be an object", value);
    }

    /** A list of 1 to max objects. */
    List<JsonObject> objects(String name, int max) throws MalformedJson {
        Object value = present(name);
        boolean fits = value instanceof JsonArray array
                && !array.isEmpty()
                && array.size() <= max
                && array.stream().allMatch(JsonObject.class::isInstance);
        if (!fits) {
            throw fault(name, "must be a list of 1 to " + max + " objects", value);
        }
        return ((JsonArray) value).stream().map(JsonObject.class::cast).toList();
    }

    /** A list of 0 to max UUIDs of VMs, each once. */
    Set<VmId> vms(String name, int max) throws MalformedJson {
        Object value = present(name);
        Set<VmId> vms = new HashSet<>();
        boolean fits = value instanceof JsonArray array
                && array.size() <= max
                && array.stream()
                        .allMatch(one -> canonicalUuid(one)
                                .filter(uuid -> vms.add(new VmId(uuid)))
                                .isPresent());
        if (!fits) {
            throw fault(name, "must be a list of up to " + max + " UUIDs, each once", value);
        }
        return vms;
    }

    /** Complains about a field's value in one line. */
    MalformedJson fault(String name, String rule, @Nullable Object value) {
        return new MalformedJson("field '" + path + name + "' " + rule + ", not '" + quoted(value) + "'");
    }

    /** A UUID in its canonical form only: Java's own parser also takes "1-2-3-4-5". */
    static Optional<UUID> canonicalUuid(@Nullable Object value) {
        if (!(value instanceof String text) || text.length() != 36) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Object present(String name) throws MalformedJson {
        Object value = json.getValue(name);
        if (value == null) {
            throw new MalformedJson("field '" + path + name + "' is missing");
        }
        return value;
    }

    private static String quoted(@Nullable Object value) {
        String text = String.valueOf(value).replaceAll("\\p{Cntrl}", "?");
        return text.length() <= QUOTED_MAX ? text : text.substring(0, QUOTED_MAX) + "...";
    }
}
