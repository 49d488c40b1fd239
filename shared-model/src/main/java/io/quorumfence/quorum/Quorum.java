package io.quorumfence.quorum;

import java.util.Collection;
import java.util.Set;

/** Arithmetic of majorities and of the sets that meet every majority. Pure; any thread. */
public final class Quorum {
    private Quorum() {}

    /** Smallest strict majority of {@code n} configured members. */
    public static int majority(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("a quorum needs at least one member, not " + n);
        }
        return n / 2 + 1;
    }

    /** Smallest number of members that meets every majority of {@code n}: ceil(n/2). */
    public static int blocking(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("a blocking set needs at least one member, not " + n);
        }
        return (n + 1) / 2;
    }

    /** Whether the promised hosts leave too few of {@code counted} to form a majority (the suspect included in it). */
    public static <T> boolean blocks(Set<T> counted, Collection<T> promised, T suspect) {
        int bound = 0;
        for (T host : counted) {
            bound += !host.equals(suspect) && promised.contains(host) ? 1 : 0;
        }
        return bound >= blocking(counted.size());
    }

    /** Fences allowed per window without an operator's word, in a cell of {@code n} hosts (I6). */
    public static int stormShare(int n) {
        return Math.max(1, n / 3);
    }
}
