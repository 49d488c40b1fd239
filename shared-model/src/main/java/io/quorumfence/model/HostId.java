package io.quorumfence.model;

import java.util.regex.Pattern;

/** Names one hypervisor of a cell; stable over reboots. Its certificate carries it, so it is what a DNS name can be. */
public record HostId(String value) implements Comparable<HostId> {
    private static final int MAX_LENGTH = 63;
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?";
    private static final Pattern FORM = Pattern.compile(LABEL + "(\\." + LABEL + ")*");

    public HostId {
        if (value.length() > MAX_LENGTH || !FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "host id '" + value + "' must be 1 to 63 letters, digits, dots or dashes, with a letter or digit on"
                            + " both sides of each dot and at both ends: it is a DNS name in the host's certificate");
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
