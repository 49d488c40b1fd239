package io.quorumfence.model;

import java.util.regex.Pattern;

/** Names one network plane, for example management or storage. */
public record PlaneId(String value) implements Comparable<PlaneId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    public PlaneId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "plane id '" + value + "' must be 1 to 63 letters, digits, dots, dashes or underscores");
        }
    }

    @Override
    public int compareTo(PlaneId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
