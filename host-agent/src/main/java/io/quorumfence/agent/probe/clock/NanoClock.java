package io.quorumfence.agent.probe.clock;

/**
 * The host's monotonic clock: nanoseconds since some point before this process started, the same point for every
 * process of this boot. Never blocks, never goes back, safe from any thread.
 */
@FunctionalInterface
public interface NanoClock {
    long nowNs();
}
