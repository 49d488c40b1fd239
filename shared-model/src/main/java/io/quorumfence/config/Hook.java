package io.quorumfence.config;

import java.time.Duration;

/**
 * The hook at the hypervisor.
 *
 * @param deadline libvirt waits no longer for it, whatever the agent does
 */
public record Hook(HookMode mode, Duration deadline) {
    /** Of the deadline this much is left for the way there and back, so that an answer finds somebody who waits. */
    private static final Duration WAY = Duration.ofMillis(300);

    public static final Hook OFF = new Hook(HookMode.OFF, Duration.ofSeconds(2));

    public boolean isAsked() {
        return mode != HookMode.OFF;
    }

    /** How long after the question the agent may still allow. */
    public long answerNs() {
        return deadline.minus(WAY).toNanos();
    }
}
