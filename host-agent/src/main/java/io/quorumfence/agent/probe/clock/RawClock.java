package io.quorumfence.agent.probe.clock;

/**
 * CLOCK_MONOTONIC_RAW. CLOCK_MONOTONIC, which {@link System#nanoTime()} reads, follows NTP's slewing, and a lease
 * measured on it would be as long as the time daemon likes. The keeper and the lanes read this clock too, so their
 * stamps and the agent's can be compared.
 */
public final class RawClock implements NanoClock {

    /** Reads the clock once, so that a kernel or a C library without it is found out at start. */
    public RawClock() {
        nowNs();
    }

    /** @throws IllegalStateException if the kernel refuses, which after the first success cannot be */
    @Override
    public long nowNs() {
        return KernelClocks.readNs(KernelClocks.MONOTONIC_RAW);
    }
}
