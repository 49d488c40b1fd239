package io.quorumfence.model;

import java.util.regex.Pattern;

/** Names a cell: the hypervisors that share primary storage. */
public record CellId(String value) implements Comparable<CellId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    public CellId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "cell id '" + value + "' must be 1 to 63 letters, digits, dots, dashes or underscores");
        }
    }

    @Override
    public int compareTo(CellId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
