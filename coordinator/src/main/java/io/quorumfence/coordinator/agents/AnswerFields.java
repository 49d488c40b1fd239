package io.quorumfence.coordinator.agents;

import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads an agent's JSON: a field that the gate decides by must be there and of its type; fields that this version does
 * not know are passed over, for an agent is upgraded before its coordinator. Any thread.
 */
final class AnswerFields {
    private final JsonObject json;
    private final String path;

    private AnswerFields(JsonObject json, String path) {
        this.json = json;
        this.path = path;
    }

    static AnswerFields of(JsonObject json) {
        return new AnswerFields(json, "");
    }

    boolean has(String name) {
        return json.getValue(name) != null;
    }

    String text(String name) throws UnreadableAnswer {
        if (json.getValue(name) instanceof String text) {
            return text;
        }
        throw fault(name, "a text");
    }

    String textOr(String name, String absent) throws UnreadableAnswer {
        return has(name) ? text(name) : absent;
    }

    @Nullable
    String textOrNull(String name) throws UnreadableAnswer {
        return has(name) ? text(name) : null;
    }

    long number(String name) throws UnreadableAnswer {
        Object value = json.getValue(name);
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw fault(name, "a whole number");
    }

    long numberOr(String name, long absent) throws UnreadableAnswer {
        return has(name) ? number(name) : absent;
    }

    @Nullable
    Long numberOrNull(String name) throws UnreadableAnswer {
        return has(name) ? (Long) number(name) : null;
    }

    /** An age. One that lies in the future by the agent's own reckoning was seen just now. */
    @Nullable
    Long ageOrNull(String name) throws UnreadableAnswer {
        Long age = numberOrNull(name);
        return age == null ? null : (Long) Math.max(0, age);
    }

    boolean flag(String name) throws UnreadableAnswer {
        if (json.getValue(name) instanceof Boolean flag) {
            return flag;
        }
        throw fault(name, "true or false");
    }

    @Nullable
    Boolean flagOrNull(String name) throws UnreadableAnswer {
        return has(name) ? (Boolean) flag(name) : null;
    }

    UUID uuid(String name) throws UnreadableAnswer {
        try {
            return UUID.fromString(text(name));
        } catch (IllegalArgumentException e) {
            throw fault(name, "a UUID");
        }
    }

    @Nullable
    UUID uuidOrNull(String name) throws UnreadableAnswer {
        return has(name) ? uuid(name) : null;
    }

    HostId host(String name) throws UnreadableAnswer {
        return hostId(text(name), name);
    }

    private HostId hostId(String text, String name) throws UnreadableAnswer {
        try {
            return new HostId(text);
        } catch (IllegalArgumentException e) {
            throw fault(name, "a host id");
        }
    }

    VmId vm(String name) throws UnreadableAnswer {
        return new VmId(uuid(name));
    }

    <E extends Enum<E>> E choice(String name, Class<E> type) throws UnreadableAnswer {
        String text = text(name);
        for (E choice : type.getEnumConstants()) {
            if (choice.name().equals(text)) {
                return choice;
            }
        }
        throw fault(name, "a known " + type.getSimpleName());
    }

    AnswerFields object(String name) throws UnreadableAnswer {
        if (json.getValue(name) instanceof JsonObject object) {
            return new AnswerFields(object, path + name + ".");
        }
        throw fault(name, "an object");
    }

    List<AnswerFields> objects(String name) throws UnreadableAnswer {
        List<AnswerFields> list = new ArrayList<>();
        for (Object item : array(name)) {
            if (!(item instanceof JsonObject object)) {
                throw fault(name, "a list of objects");
            }
            list.add(new AnswerFields(object, path + name + "[" + list.size() + "]."));
        }
        return list;
    }

    List<HostId> hosts(String name) throws UnreadableAnswer {
        List<HostId> list = new ArrayList<>();
        for (Object item : array(name)) {
            list.add(hostId(String.valueOf(item), name));
        }
        return list;
    }

    List<VmId> vms(String name) throws UnreadableAnswer {
        List<VmId> list = new ArrayList<>();
        for (Object item : array(name)) {
            try {
                list.add(VmId.of(String.valueOf(item)));
            } catch (IllegalArgumentException e) {
                throw fault(name, "a list of UUIDs");
            }
        }
        return list;
    }

    /** Names of the object's fields. */
    List<String> names() {
        return List.copyOf(json.fieldNames());
    }

    private JsonArray array(String name) throws UnreadableAnswer {
        if (json.getValue(name) instanceof JsonArray array) {
            return array;
        }
        throw fault(name, "a list");
    }

    private UnreadableAnswer fault(String name, String wanted) {
        return new UnreadableAnswer("field '" + path + name + "' is not " + wanted);
    }
}
