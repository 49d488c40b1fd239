package io.quorumfence.agent.core;

import io.quorumfence.model.SelfFenceAction;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the self-fence of this host, or of another by its word, means for a failover; for people. Pure. */
final class ReactionReport {
    private ReactionReport() {}

    static Map<String, @Nullable Object> of(AgentState s, long nowNs) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        SelfFenceAction inForce = s.inForce();
        json.put("action", s.config.action().word());
        json.put("inForce", inForce.word());
        json.put("why", inForce.isConfigurable() ? null : ReactionRules.why(s, nowNs));
        json.put("promised", s.arming.bounded());
        json.put("disarmedBy", s.reacting.storing.disarmed() ? s.reacting.storing.by() : null);
        json.put("actions", s.reacting.storing.actions());
        long left = s.reacting.cooldownUntilNs - nowNs;
        json.put("cooldownLeftMs", s.reacting.cooling ? Math.max(0, left / Timing.MILLI) : 0);
        long since = s.isJoined() ? Math.max(0, nowNs - s.lease.lastRenewalNs()) : 0;
        json.put("failedRounds", Math.max(0, since / s.timing.beatNs() - 1));
        json.put("undelivered", s.reacting.undelivered.isEmpty() ? null : s.reacting.undelivered);
        return json;
    }

    /** Why time proves nothing for a host that published this action. */
    static String unenforced(SelfFenceAction action) {
        return "action-not-enforced: "
                + switch (action) {
                    case SHADOW -> "no permit by time; mode is shadow";
                    case DISARMED -> "no permit by time; its reaction is switched off";
                    case COOLDOWN -> "no permit by time now; its self-fence is in its cooldown";
                    default -> "no permit by time ever; selfFence.action is " + action.word();
                };
    }
}
