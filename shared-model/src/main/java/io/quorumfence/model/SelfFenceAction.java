package io.quorumfence.model;

import java.util.Locale;

/** What a host does when its lease has ended; the last three are never configured, only published. */
public enum SelfFenceAction {
    /** Stop the protected VMs, verify, keep the host; what survives is the watchdog's. */
    STOP_VMS,
    /** Let the watchdog reset the host at the lease end. */
    REBOOT,
    /** Report only; never counts as fenced. */
    LOG_ONLY,
    /** Do nothing; never counts as fenced. */
    NONE,
    /** Shut down in order; what is not down T_act after the lease end is the watchdog's. */
    GRACEFUL_REBOOT,
    /** Restart agent and libvirtd, the VMs live; never counts as fenced. */
    RESTART_AGENT,
    /** The reaction is switched off, by configuration or an operator. */
    DISARMED,
    /** Everything is computed and published, nothing is done. */
    SHADOW,
    /** The last action was a moment ago, so there is no next one yet. */
    COOLDOWN;

    /** Whether the watchdog enforces the end of this action, so that a proof by time can exist. */
    public boolean isEnforceable() {
        return this == STOP_VMS || isReset();
    }

    /** Whether the host itself is gone afterwards, and not only its VMs (rule 1). */
    public boolean isReset() {
        return this == REBOOT || this == GRACEFUL_REBOOT;
    }

    /** Whether something is done to the host or its VMs, so that a cooldown has a meaning. */
    public boolean isDeed() {
        return isEnforceable() || this == RESTART_AGENT;
    }

    /** Whether an operator may write it into a configuration. */
    public boolean isConfigurable() {
        return this != DISARMED && this != SHADOW && this != COOLDOWN;
    }

    /** What it leaves to be counted on; the lower one is the weaker promise. */
    int strength() {
        return switch (this) {
            case REBOOT -> 3;
            case GRACEFUL_REBOOT -> 2;
            case STOP_VMS -> 1;
            default -> 0;
        };
    }

    /** As files and reports write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
