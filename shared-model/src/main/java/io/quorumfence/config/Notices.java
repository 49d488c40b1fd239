package io.quorumfence.config;

import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.WatchdogKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is accepted and should be known: one line each, printed at every start. Pure; any thread. */
public final class Notices {
    /** Few hosts are down sooner. */
    private static final Duration SHUTDOWN = Duration.ofSeconds(30);

    private Notices() {}

    /** @param loopback whether hosts are plain processes of one machine */
    public static List<String> of(CellConfig config, TimeBudget budget, Profile profile, boolean loopback) {
        List<String> notices = new ArrayList<>();
        if (loopback) {
            notices.add("libvirt.accept: loopback-demo; hosts and VMs are plain processes of one machine, which"
                    + " protects nothing and is for a demonstration only");
        }
        time(config, budget, profile, notices);
        int storages = config.storages().size();
        if (storages % 2 == 0) {
            notices.add("storages: " + storages + " survive the loss of as few as " + (storages - 1)
                    + " would; an odd number is better");
        }
        config.members().stream()
                .filter(member -> member.ssh().isEmpty() && config.members().size() > 1)
                .forEach(member -> notices.add("members: " + member.host()
                        + " has no ssh section; its siblings cannot stop its VMs over ssh, only wait"));
        return notices;
    }

    private static void time(CellConfig config, TimeBudget budget, Profile profile, List<String> notices) {
        String name = profile.name().toLowerCase(java.util.Locale.ROOT);
        if (config.reaction().shadow()) {
            notices.add(
                    "mode: shadow; nothing is done or promised, and no VM of this host will ever be released by time");
        } else if (!config.reaction().on()) {
            notices.add("selfFence.reaction: off; no VM of this host will ever be released by time");
        } else if (!config.action().isEnforceable()) {
            notices.add("selfFence.action: " + config.action().word()
                    + " is enforced by nothing; no VM of this host will ever" + " be released by time");
        } else if (config.watchdog() == WatchdogKind.NONE) {
            notices.add("watchdog.kind: none; no VM of this host will ever be released by time");
        } else if (budget.isLonger()) {
            notices.add("deadlines: a failover by time takes up to " + DurationText.of(budget.inForce()) + ", profile "
                    + name + " publishes " + DurationText.of(budget.published()));
        }
        if (config.action() == SelfFenceAction.GRACEFUL_REBOOT
                && config.deadlines().act().compareTo(SHUTDOWN) < 0) {
            notices.add("deadlines.act: " + DurationText.of(config.deadlines().act())
                    + " is short for an orderly shutdown; what is not down by then is reset");
        }
        if (config.watchdog() == WatchdogKind.SOFTDOG) {
            notices.add("watchdog.accept: softdog; a locked-up CPU can keep it from resetting this host");
        }
        if (config.rhoPpm() > DeadlineRules.RHO_PUBLISHED_PPM) {
            notices.add("rho: " + config.rhoPpm() + " ppm; the published budgets hold for up to "
                    + DeadlineRules.RHO_PUBLISHED_PPM);
        }
    }
}
