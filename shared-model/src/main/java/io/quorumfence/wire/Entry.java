package io.quorumfence.wire;

import io.quorumfence.model.Slot;
import java.util.List;
import java.util.Optional;

/**
 * Both copies of one entry as they were read.
 *
 * @param slot what they say together: the valid copy with the highest write sequence
 * @param copies which write lies in each place; empty for a copy that is not valid
 * @param detail one line when the slot is unreadable, else empty
 */
public record Entry<T>(Slot<T> slot, List<Optional<Stamp>> copies, String detail) {
    public Entry {
        copies = List.copyOf(copies);
    }

    /**
     * Names one write.
     *
     * @param writeSequence grows with every write of one entry on one storage
     * @param mac the first half of the block's MAC: tells two writers of one number apart
     * @param keyId the key it was written with
     */
    public record Stamp(long writeSequence, long mac, int keyId) {}

    /** The newest valid write, if there is one. */
    public Optional<Stamp> newest() {
        return copies.stream().flatMap(Optional::stream).reduce((a, b) -> b.writeSequence > a.writeSequence ? b : a);
    }
}
