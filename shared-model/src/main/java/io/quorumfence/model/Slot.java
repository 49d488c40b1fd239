package io.quorumfence.model;

import java.util.Optional;

/**
 * One block as it was read: valid, validly empty, or unknown. A block that fails its checks is unknown and never empty.
 *
 * @param unknown true when neither copy of the block could be verified
 */
public record Slot<T>(Optional<T> value, boolean unknown) {

    public static <T> Slot<T> of(T value) {
        return new Slot<>(Optional.of(value), false);
    }

    public static <T> Slot<T> empty() {
        return new Slot<>(Optional.empty(), false);
    }

    public static <T> Slot<T> unreadable() {
        return new Slot<>(Optional.empty(), true);
    }
}
