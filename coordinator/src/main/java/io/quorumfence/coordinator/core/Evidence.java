package io.quorumfence.coordinator.core;

import io.quorumfence.model.HostId;
import org.jspecify.annotations.Nullable;

/**
 * One observation behind a verdict.
 *
 * @param who the observer: a host, or {@code coordinator}, or {@code record}
 * @param host the host that is spoken of
 * @param saw one line for people
 * @param plane network plane or {@code storage}, where one is meant
 * @param ageMs how old the observation was when the verdict was given
 */
public record Evidence(
        String who,
        HostId host,
        String saw,
        @Nullable String plane,
        @Nullable Long ageMs) {
    public static final String COORDINATOR = "coordinator";
    public static final String RECORD = "record";

    /** An observation without plane or age. */
    public static Evidence of(String who, HostId host, String saw) {
        return new Evidence(who, host, saw, null, null);
    }

    /** What one host saw of another on a plane. */
    public static Evidence seen(HostId who, HostId host, String saw, String plane, long ageMs) {
        return new Evidence(who.value(), host, saw, plane, ageMs);
    }
}
