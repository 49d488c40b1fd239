package io.quorumfence.model;

/**
 * One VM as the host sees it: identity is UUID, process id and process start time.
 *
 * @param startTicks start time of the process in clock ticks since boot, 0 when there is no process
 */
public record VmSeen(VmId vm, String name, long pid, long startTicks, String state) {}
