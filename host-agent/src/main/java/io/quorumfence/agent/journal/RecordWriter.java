package io.quorumfence.agent.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Writes any value of the model as JSON: a record as its fields, an id as text, a value of a sealed interface with the
 * name of its type in front. Nothing has to be registered for a new event.
 */
final class RecordWriter {
    static final String TYPE = "type";

    private final JsonGenerator out;

    RecordWriter(JsonGenerator out) {
        this.out = out;
    }

    /** @param declared the type as the reader will know it: it decides whether the name has to be written */
    void write(Object value, Type declared) throws IOException {
        if (value instanceof Record record) {
            writeRecord(record, declared);
        } else if (value instanceof Optional<?> optional) {
            if (optional.isPresent()) {
                write(optional.get(), argument(declared, 0));
            } else {
                out.writeNull();
            }
        } else if (value instanceof Collection<?> items) {
            out.writeStartArray();
            for (Object item : items) {
                write(item, argument(declared, 0));
            }
            out.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            writeMap(map, argument(declared, 1));
        } else {
            writePlain(value);
        }
    }

    private void writeRecord(Record record, Type declared) throws IOException {
        RecordShape shape = RecordShape.of(record.getClass());
        if (shape.isId() && rawClass(declared) == record.getClass()) {
            out.writeString(text(record));
            return;
        }
        out.writeStartObject();
        if (rawClass(declared) != record.getClass()) {
            out.writeStringField(TYPE, record.getClass().getSimpleName());
        }
        for (RecordComponent component : shape.components()) {
            out.writeFieldName(component.getName());
            write(shape.get(record, component), RecordShape.resolved(component.getGenericType(), declared));
        }
        out.writeEndObject();
    }

    private void writeMap(Map<?, ?> map, Type valueType) throws IOException {
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.writeFieldName(text(entry.getKey()));
            write(entry.getValue(), valueType);
        }
        out.writeEndObject();
    }

    private void writePlain(Object value) throws IOException {
        if (value instanceof Long || value instanceof Integer || value instanceof Short) {
            out.writeNumber(((Number) value).longValue());
        } else if (value instanceof Double number) {
            out.writeNumber(number);
        } else if (value instanceof Boolean truth) {
            out.writeBoolean(truth);
        } else if (value instanceof byte[] bytes) {
            out.writeBinary(bytes);
        } else {
            out.writeString(text(value));
        }
    }

    /** Ids, enums, UUIDs and durations as text; read back by the type. */
    private static String text(Object value) {
        if (value instanceof Enum<?> word) {
            return word.name();
        }
        if (value instanceof Record record && RecordShape.of(record.getClass()).isId()) {
            RecordShape shape = RecordShape.of(record.getClass());
            return text(shape.get(record, shape.components().get(0)));
        }
        return value.toString();
    }

    static Class<?> rawClass(Type type) {
        if (type instanceof Class<?> raw) {
            return raw;
        }
        if (type instanceof ParameterizedType parameterized) {
            return (Class<?>) parameterized.getRawType();
        }
        throw new IllegalArgumentException("the journal cannot hold a " + type);
    }

    static Type argument(Type type, int index) {
        if (type instanceof ParameterizedType parameterized) {
            return parameterized.getActualTypeArguments()[index];
        }
        throw new IllegalArgumentException("the journal cannot hold a raw " + type);
    }
}
