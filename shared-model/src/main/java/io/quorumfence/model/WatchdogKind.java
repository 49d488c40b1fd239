package io.quorumfence.model;

/** What stands behind the keeper. */
public enum WatchdogKind {
    /** No watchdog: no proof by time for this host. */
    NONE,
    /** A hardware (or hypervisor) watchdog device. */
    DEVICE,
    /** The kernel's software watchdog, counted only where an operator accepted it. */
    SOFTDOG,
    /** The lab's stand-in, counted only under an explicit lab setting that the beat shows. */
    FIFO_LAB;

    /** Whether a reset by this watchdog may be counted on. A softdog arrives here only when it was accepted. */
    public boolean isCounted() {
        return this != NONE;
    }
}
