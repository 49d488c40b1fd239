package io.quorumfence.config;

import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.WatchdogKind;

/** What an action means for a failover, in a sentence: said at every start, by --check and by config explain. Pure. */
public final class Meaning {
    private Meaning() {}

    public static String of(CellConfig config, TimeBudget budget) {
        SelfFenceAction action = config.configuredReaction();
        String deed = "self-fence in force: " + action.word() + "; " + deed(action, config);
        if (!action.isEnforceable()) {
            return deed + ". Nothing is promised: no VM of this host is ever released by time, only by other proofs";
        }
        if (config.watchdog() == WatchdogKind.NONE) {
            return deed + ". Without a watchdog no VM of this host is ever released by time";
        }
        String cooldown = config.reaction().cooldown().isZero()
                ? ""
                : "; within " + DurationText.of(config.reaction().cooldown())
                        + " of an action nothing is done and nothing promised";
        return deed + ". A failover by time takes up to " + DurationText.of(budget.inForce()) + cooldown;
    }

    private static String deed(SelfFenceAction action, CellConfig config) {
        String act = DurationText.of(config.deadlines().act());
        return switch (action) {
            case STOP_VMS -> "the protected VMs are stopped within " + act + ", what survives is the watchdog's";
            case REBOOT -> "the host is reset when its lease ends";
            case GRACEFUL_REBOOT -> "the host shuts down in order, and is reset if it is not down within " + act;
            case RESTART_AGENT -> "agent and libvirtd are restarted, the VMs run on";
            case LOG_ONLY -> "an alert is raised, the VMs run on";
            case SHADOW -> "what would be done is written down, and not done";
            case DISARMED -> "the reaction is switched off, the VMs run on";
            default -> "nothing is done, the VMs run on";
        };
    }
}
