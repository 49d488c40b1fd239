package io.quorumfence.coordinator.core.status;

/** What a host promised about its own end; spans in milliseconds of its own clock, words as the agents write them. */
public record HostTerms(
        String action, long selfMs, long actMs, long watchdogMs, String watchdog, boolean armed, long suspectMs) {}
