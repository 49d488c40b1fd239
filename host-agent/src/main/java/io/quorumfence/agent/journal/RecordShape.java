package io.quorumfence.agent.journal;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What reflection tells of one record class, looked up once. */
final class RecordShape {
    private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
            return new RecordShape(type);
        }
    };

    private final Class<?> type;
    private final List<RecordComponent> components;
    private final Constructor<?> constructor;

    private RecordShape(Class<?> type) {
        this.type = type;
        this.components = List.of(type.getRecordComponents());
        try {
            Class<?>[] parameters =
                    components.stream().map(RecordComponent::getType).toArray(Class<?>[]::new);
            this.constructor = type.getDeclaredConstructor(parameters);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every record has its canonical constructor", e);
        }
    }

    static RecordShape of(Class<?> type) {
        return SHAPES.get(type);
    }

    List<RecordComponent> components() {
        return components;
    }

    /** An id: a record that only gives a value a type of its own. */
    boolean isId() {
        return components.size() == 1 && components.get(0).getName().equals("value");
    }

    Object get(Object value, RecordComponent component) {
        try {
            return Objects.requireNonNull(component.getAccessor().invoke(value));
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(type.getName() + "." + component.getName() + " cannot be read", e);
        }
    }

    /** @throws IllegalArgumentException when the record refuses the values */
    Object make(Object... values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    type.getSimpleName() + ": "
                            + Objects.requireNonNullElse(e.getCause(), e).getMessage(),
                    e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getName() + " cannot be made", e);
        }
    }

    /** The component's type with the type variables of a {@code Slot<Beat>} filled in. */
    static Type resolved(Type component, Type owner) {
        if (!(owner instanceof ParameterizedType parameterized)) {
            return component;
        }
        Class<?> raw = (Class<?>) parameterized.getRawType();
        Map<Type, Type> known = new HashMap<>();
        TypeVariable<?>[] variables = raw.getTypeParameters();
        for (int i = 0; i < variables.length; i++) {
            known.put(variables[i], parameterized.getActualTypeArguments()[i]);
        }
        return substitute(component, known);
    }

    private static Type substitute(Type type, Map<Type, Type> known) {
        if (type instanceof ParameterizedType parameterized) {
            List<Type> arguments = Arrays.stream(parameterized.getActualTypeArguments())
                    .map(argument -> substitute(argument, known))
                    .toList();
            return new Filled((Class<?>) parameterized.getRawType(), arguments);
        }
        return known.getOrDefault(type, type);
    }

    /** A parameterized type whose arguments are known. */
    private record Filled(Class<?> raw, List<Type> arguments) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(Type[]::new);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public Type getOwnerType() {
            return Objects.requireNonNullElse(raw.getDeclaringClass(), raw);
        }
    }
}
