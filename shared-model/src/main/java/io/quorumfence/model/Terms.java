package io.quorumfence.model;

/**
 * What a host promises about its own end; peers act on exactly this and never on their own configuration. All spans in
 * nanoseconds of the host's own monotonic clock.
 *
 * @param selfNs lease length T_self, counted from the start of the last renewal
 * @param actNs time T_act the action may take before the watchdog ends it; 0 for a reboot
 * @param watchdogNs the watchdog's real timeout T_wd
 * @param armed whether the keeper holds a finite expiry on an open watchdog (rule 12)
 * @param suspectNs silence below this must not make the host a suspect (rule 16)
 * @param marginNs reset time plus flight time of I/O already handed to the fabric
 */
public record Terms(
        SelfFenceAction action,
        long selfNs,
        long actNs,
        long watchdogNs,
        WatchdogKind watchdog,
        boolean armed,
        long suspectNs,
        long marginNs) {
    public Terms {
        if (selfNs <= 0 || actNs < 0 || watchdogNs < 0 || suspectNs <= 0 || marginNs < 0) {
            throw new IllegalArgumentException("terms with a span out of range: self " + selfNs + " act " + actNs
                    + " watchdog " + watchdogNs + " suspect " + suspectNs + " margin " + marginNs);
        }
    }

    /** Whether silence plus T_takeover proves an end: an enforceable action behind an armed, counted watchdog. */
    public boolean isEndEnforced() {
        return armed && watchdog.isCounted() && watchdogNs > 0 && action.isEnforceable();
    }

    /** Level that a proof by time reaches under these terms (rule 1). */
    public ProofLevel timeLevel() {
        return action.isReset() ? ProofLevel.HOST_GONE : ProofLevel.VMS_GONE;
    }

    public Terms withArmed(boolean nowArmed) {
        return new Terms(action, selfNs, actNs, watchdogNs, watchdog, nowArmed, suspectNs, marginNs);
    }

    /**
     * What an observer must assume when two reports differ: every span the longest, every promise the weaker one
     * (safety.md, time rung: the longest among the terms seen).
     */
    public Terms weakest(Terms other) {
        return new Terms(
                weaker(action, other.action),
                Math.max(selfNs, other.selfNs),
                Math.max(actNs, other.actNs),
                Math.max(watchdogNs, other.watchdogNs),
                watchdog.isCounted() ? other.watchdog : watchdog,
                armed && other.armed,
                Math.max(suspectNs, other.suspectNs),
                Math.max(marginNs, other.marginNs));
    }

    private static SelfFenceAction weaker(SelfFenceAction a, SelfFenceAction b) {
        return b.strength() < a.strength() ? b : a;
    }
}
