package io.quorumfence.model;

/** Number of a fence decision; within a cell it only grows and is never reused (I4). */
public record FenceToken(long value) implements Comparable<FenceToken> {
    public FenceToken {
        if (value <= 0) {
            throw new IllegalArgumentException("a fence token is positive, not " + value);
        }
    }

    @Override
    public int compareTo(FenceToken other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
