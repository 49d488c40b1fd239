package io.quorumfence.model;

import java.util.UUID;

/** Names one VM by its libvirt UUID. */
public record VmId(UUID value) implements Comparable<VmId> {

    /** Parses a UUID; anything else is refused by an {@link IllegalArgumentException} that quotes the text. */
    public static VmId of(String text) {
        try {
            return new VmId(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("VM id '" + text + "' is not a UUID", e);
        }
    }

    @Override
    public int compareTo(VmId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
