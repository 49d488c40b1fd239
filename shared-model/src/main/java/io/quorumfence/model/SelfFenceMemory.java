package io.quorumfence.model;

import java.util.UUID;

/**
 * What a host keeps of its self-fence on a local disk, so that it survives the reboot it causes. No wall clock is in
 * it: of another boot only its own uptime is counted, which is never longer than what has passed.
 *
 * @param bootId the kernel boot that wrote it
 * @param armed whether an end was promised in that boot, so that its watchdog may have ended it
 * @param actedNs when it acted last, on that boot's monotonic clock; 0 if it did not
 * @param actions how often it has acted, in all boots
 * @param disarmed whether an operator has switched the reaction off
 * @param by who did
 */
public record SelfFenceMemory(UUID bootId, boolean armed, long actedNs, int actions, boolean disarmed, String by) {
    public static SelfFenceMemory blank(UUID bootId) {
        return new SelfFenceMemory(bootId, false, 0, 0, false, "");
    }

    public SelfFenceMemory withArmed(UUID boot, boolean nowArmed) {
        return new SelfFenceMemory(boot, nowArmed, boot.equals(bootId) ? actedNs : 0, actions, disarmed, by);
    }

    public SelfFenceMemory withAct(UUID boot, long nowNs) {
        return new SelfFenceMemory(boot, boot.equals(bootId) && armed, nowNs, actions + 1, disarmed, by);
    }

    public SelfFenceMemory withReaction(boolean nowDisarmed, String who) {
        return new SelfFenceMemory(bootId, armed, actedNs, actions, nowDisarmed, who);
    }

    /** Whether a boot that ended may have ended by the self-fence: its successor waits. */
    public boolean mayHaveActed() {
        return armed || actedNs != 0;
    }
}
