package io.quorumfence.model;

/** What a host does when its lease has ended. */
public enum SelfFenceAction {
    /** Stop the protected VMs, verify, keep the host; what survives is the watchdog's. */
    STOP_VMS,
    /** Let the watchdog reset the host at the lease end. */
    REBOOT,
    /** Report only; never counts as fenced. */
    LOG_ONLY,
    /** Do nothing; never counts as fenced. */
    NONE;

    /** Whether the watchdog enforces the end of this action, so that a proof by time can exist. */
    public boolean isEnforceable() {
        return this == STOP_VMS || this == REBOOT;
    }
}
