package io.quorumfence.config;

/** What libvirt's hook does with a start that the agent does not allow. */
public enum HookMode {
    /** Nobody is asked. */
    OFF,
    /** The agent is asked and claims what it allows; what it refuses is logged and started all the same. */
    WARN,
    /** What is not allowed does not start. */
    ENFORCE
}
