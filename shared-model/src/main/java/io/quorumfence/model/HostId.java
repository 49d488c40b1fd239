package io.quorumfence.model;

import java.util.regex.Pattern;

/** Names one hypervisor of a cell; stable over reboots. */
public record HostId(String value) implements Comparable<HostId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    public HostId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "host id '" + value + "' must be 1 to 63 letters, digits, dots, dashes or underscores");
        }
    }

    @Override
    public int compareTo(HostId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
