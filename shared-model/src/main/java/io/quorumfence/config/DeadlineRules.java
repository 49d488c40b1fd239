package io.quorumfence.config;

import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.Terms;
import io.quorumfence.model.WatchdogKind;
import java.time.Duration;

/**
 * The inequalities between deadlines (safety.md). What breaks one is refused with the inequality and both numbers; what
 * only makes a failover slower is accepted with its longer {@link TimeBudget}. Pure; any thread.
 */
public final class DeadlineRules {
    /** For which the published budgets hold. */
    public static final int RHO_PUBLISHED_PPM = 1000;

    public static final int RHO_MAX_PPM = 200_000;
    public static final Duration COOLDOWN_MIN = Duration.ofMinutes(1);
    public static final Duration COOLDOWN_MAX = Duration.ofHours(24);
    public static final int FAILURES_MAX = 600;

    /** A host may miss this many rounds before its lease is in danger. */
    private static final int ROUNDS_PER_LEASE = 4;

    private static final int ROUNDS_PER_SUSPICION = 2;

    private DeadlineRules() {}

    /**
     * Judges the deadlines of one host.
     *
     * @throws ConfigException when an inequality is broken
     */
    public static TimeBudget check(CellConfig config, Profile profile) {
        Deadlines d = config.deadlines();
        ranges(d, config);
        require(
                "deadlines.suspect",
                d.suspect(),
                "2 * deadlines.beat",
                d.beat().multipliedBy(ROUNDS_PER_SUSPICION),
                "one lost round must not make a suspect; raise suspect or lower beat");
        require(
                "deadlines.self",
                d.self(),
                "4 * deadlines.beat",
                d.beat().multipliedBy(ROUNDS_PER_LEASE),
                "a lease must outlive lost rounds; raise self or lower beat");
        require(
                "deadlines.self",
                d.self(),
                "deadlines.suspect + deadlines.beat",
                d.suspect().plus(d.beat()),
                "a lease must outlive a suspicion; raise self or lower suspect");
        require(
                "deadlines.watchdog",
                d.watchdog(),
                "deadlines.beat",
                d.beat(),
                "a watchdog must not be quicker than a round; raise watchdog or lower beat");
        require(
                "deadlines.margin",
                d.margin(),
                "flight",
                config.flight(),
                "the margin covers the reset and I/O already handed to the fabric; raise margin");
        cooldown(config);
        return budget(config, profile);
    }

    /** A reboot loop, and a restart loop, shall be impossible by construction. */
    private static void cooldown(CellConfig config) {
        boolean again = config.action().isReset() || config.action() == SelfFenceAction.RESTART_AGENT;
        Duration cooldown = config.reaction().cooldown();
        range("selfFence.cooldown", cooldown, Duration.ZERO, COOLDOWN_MAX);
        if (again && cooldown.compareTo(COOLDOWN_MIN) < 0) {
            throw new ConfigException("selfFence.cooldown must be at least " + DurationText.of(COOLDOWN_MIN)
                    + " with action " + config.action().word() + ", but " + DurationText.of(cooldown) + " < "
                    + DurationText.of(COOLDOWN_MIN) + ": the host could do it again and again; raise cooldown");
        }
    }

    /** What an action has where nothing is configured. */
    public static Duration presetCooldown(SelfFenceAction action) {
        boolean again = action.isReset() || action == SelfFenceAction.RESTART_AGENT;
        return again ? Duration.ofMinutes(5) : Duration.ZERO;
    }

    /**
     * The lease that outlives so many rounds in a row that no witness renewed: each has its full beat, and the last
     * one's answer is still waited for.
     */
    public static Duration selfFor(int consecutiveFailures, Duration beat) {
        return beat.multipliedBy(consecutiveFailures + 1L);
    }

    /** The lease of a configuration: raised for the failures that must come first, unless it was given itself. */
    public static Duration self(Duration given, boolean explicit, int consecutiveFailures, Duration beat) {
        Duration needed = selfFor(consecutiveFailures, beat);
        if (explicit && given.compareTo(needed) < 0) {
            throw new ConfigException("deadlines.self must be at least (selfFence.consecutiveFailures + 1) *"
                    + " deadlines.beat, but " + DurationText.of(given) + " < " + DurationText.of(needed)
                    + ": raise self, leave it out, or lower consecutiveFailures");
        }
        return given.compareTo(needed) < 0 ? needed : given;
    }

    private static void ranges(Deadlines d, CellConfig config) {
        range("deadlines.beat", d.beat(), Duration.ofMillis(50), Duration.ofSeconds(10));
        range("deadlines.suspect", d.suspect(), Duration.ofMillis(100), Duration.ofMinutes(5));
        range("deadlines.self", d.self(), Duration.ofMillis(200), Duration.ofMinutes(10));
        boolean acts =
                config.action() == SelfFenceAction.STOP_VMS || config.action() == SelfFenceAction.GRACEFUL_REBOOT;
        range("deadlines.act", d.act(), Duration.ofMillis(acts ? 200 : 0), Duration.ofMinutes(10));
        range("deadlines.watchdog", d.watchdog(), Duration.ofMillis(200), Duration.ofMinutes(5));
        range("deadlines.margin", d.margin(), Duration.ZERO, Duration.ofMinutes(10));
        range("flight", config.flight(), Duration.ZERO, Duration.ofMinutes(10));
        boolean device = config.watchdog() == WatchdogKind.DEVICE || config.watchdog() == WatchdogKind.SOFTDOG;
        if (device && d.watchdog().toMillis() % 1000 != 0) {
            throw new ConfigException("deadlines.watchdog: " + DurationText.of(d.watchdog())
                    + " is not a whole number of seconds, and a watchdog device counts in seconds; round it up");
        }
        if (config.rhoPpm() < 0 || config.rhoPpm() > RHO_MAX_PPM) {
            throw new ConfigException(
                    "rho: " + config.rhoPpm() + " is out of range, 0 to " + RHO_MAX_PPM + " parts per million");
        }
    }

    /** Refuses a duration outside its limits. */
    public static void range(String key, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new ConfigException(key + ": " + DurationText.of(value) + " is out of range, " + DurationText.of(min)
                    + " to " + DurationText.of(max));
        }
    }

    private static void require(String left, Duration value, String right, Duration floor, String why) {
        if (value.compareTo(floor) < 0) {
            throw new ConfigException(left + " must be at least " + right + ", but " + DurationText.of(value) + " < "
                    + DurationText.of(floor) + ": " + why);
        }
    }

    /** What lies between the time proof and ALLOW is the profile's own, whatever the deadlines are. */
    private static TimeBudget budget(CellConfig config, Profile profile) {
        Duration takeover = takeover(config.deadlines(), config.action(), config.rhoPpm());
        Duration preset = takeover(profile.deadlines(), SelfFenceAction.STOP_VMS, RHO_PUBLISHED_PPM);
        Duration needed = takeover.plus(profile.budget().minus(preset));
        Duration inForce = needed.compareTo(profile.budget()) > 0 ? wholeSeconds(needed) : profile.budget();
        return new TimeBudget(takeover, profile.budget(), inForce);
    }

    private static Duration takeover(Deadlines d, SelfFenceAction action, int rhoPpm) {
        long act = action == SelfFenceAction.REBOOT ? 0 : d.act().toNanos();
        Terms terms = new Terms(
                action,
                d.self().toNanos(),
                act,
                d.watchdog().toNanos(),
                WatchdogKind.DEVICE,
                true,
                d.suspect().toNanos(),
                d.margin().toNanos());
        return Duration.ofNanos(TakeoverTime.ns(terms, rhoPpm));
    }

    private static Duration wholeSeconds(Duration span) {
        return Duration.ofSeconds(span.getSeconds() + (span.getNano() == 0 ? 0 : 1));
    }
}
