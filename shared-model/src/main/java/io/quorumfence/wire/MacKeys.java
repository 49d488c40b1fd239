package io.quorumfence.wire;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The MAC keys of a cell: one that this program writes with, and those it accepts, which are more while a key is being
 * changed. Immutable; any thread. Shows no more of a key than its id.
 *
 * @param writing what is written and sent is sealed with it
 * @param accepted also accepted when read; none of them twice, none the writing one
 */
public record MacKeys(MacKey writing, List<MacKey> accepted) {
    /** More would mean that changes were begun and never ended. */
    private static final int ACCEPTED_MAX = 4;

    public MacKeys {
        accepted = List.copyOf(accepted);
        if (accepted.size() > ACCEPTED_MAX) {
            throw new IllegalArgumentException(
                    accepted.size() + " more MAC keys are accepted, at most " + ACCEPTED_MAX + " may be");
        }
        Set<Integer> ids = new HashSet<>(Set.of(writing.id()));
        accepted.forEach(key -> {
            if (!ids.add(key.id())) {
                throw new IllegalArgumentException("MAC key " + key.name() + " is named twice");
            }
        });
    }

    public static MacKeys of(MacKey only) {
        return new MacKeys(only, List.of());
    }

    /**
     * The one key of a cell that is not changing it.
     *
     * @throws IllegalArgumentException in one line that does not quote the text
     */
    public static MacKeys ofHex(String line) {
        return of(MacKey.ofHex(line));
    }

    /** Whether what was sealed with that key is accepted. */
    public boolean knows(MacKey key) {
        return all().anyMatch(mine -> mine.id() == key.id());
    }

    Stream<MacKey> all() {
        return Stream.concat(Stream.of(writing), accepted.stream());
    }

    /** The id of the writing key, then those that are accepted beside it. */
    @Override
    public String toString() {
        return writing.name()
                + (accepted.isEmpty()
                        ? ""
                        : ", accepting " + accepted.stream().map(MacKey::name).collect(Collectors.joining(", ")));
    }
}
