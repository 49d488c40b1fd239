package io.quorumfence.model;

import java.util.regex.Pattern;

/** Names one quorum storage of a cell. */
public record StorageId(String value) implements Comparable<StorageId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    public StorageId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "storage id '" + value + "' must be 1 to 63 letters, digits, dots, dashes or underscores");
        }
    }

    @Override
    public int compareTo(StorageId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
