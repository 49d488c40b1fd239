package io.quorumfence.model;

import java.util.UUID;

/**
 * One life of one host: a counter kept in the cell record and the kernel's boot id. A latched host comes back with a
 * higher counter in the same boot; a rebooted one with a higher counter and another boot id.
 */
public record Incarnation(long counter, UUID bootId) implements Comparable<Incarnation> {
    public Incarnation {
        if (counter <= 0) {
            throw new IllegalArgumentException("an incarnation counter is positive, not " + counter);
        }
    }

    /** Whether this life began after the other, by the counter alone. */
    public boolean isLaterThan(Incarnation other) {
        return counter > other.counter;
    }

    /** Whether this is a later life after a new kernel boot: nothing of the other can still run (rung reborn). */
    public boolean isRebornFrom(Incarnation other) {
        return counter > other.counter && !bootId.equals(other.bootId);
    }

    @Override
    public int compareTo(Incarnation other) {
        return Long.compare(counter, other.counter);
    }

    @Override
    public String toString() {
        return counter + "@" + bootId;
    }
}
