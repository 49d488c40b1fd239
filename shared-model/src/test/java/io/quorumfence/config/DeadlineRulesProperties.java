package io.quorumfence.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.WatchdogKind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class DeadlineRulesProperties {

    /** Mostly near the limits, on both sides of them: every span is drawn as a share of the beat. */
    @Provide
    Arbitrary<Deadlines> deadlines() {
        return Combinators.combine(
                        Arbitraries.longs().between(40, 3_000),
                        tenths(15, 80),
                        tenths(30, 300),
                        tenths(0, 100),
                        tenths(8, 100),
                        tenths(0, 100))
                .as((beat, suspect, self, act, watchdog, margin) -> new Deadlines(
                        ms(beat),
                        ms(beat * suspect / 10),
                        ms(beat * self / 10),
                        ms(beat * act / 10),
                        ms(beat * watchdog / 10),
                        ms(beat * margin / 10)))
                .withoutEdgeCases();
    }

    private static Arbitrary<Long> tenths(long from, long to) {
        return Arbitraries.longs().between(from, to);
    }

    /** Whatever is accepted: the lease of a host ends, and its watchdog has fired, before anybody may proceed. */
    @Property(tries = 5000)
    void anAcceptedConfigurationNeverBreaksTheTakeoverTime(
            @ForAll("deadlines") Deadlines d,
            @ForAll @IntRange(max = 200_000) int rho,
            @ForAll @IntRange(max = 2000) int flightMs,
            @ForAll @IntRange(max = 60) int cooldown,
            @ForAll SelfFenceAction action,
            @ForAll Profile profile) {
        TimeBudget budget;
        try {
            CellConfig config = Configs.timed(d, rho, Duration.ofMillis(flightMs), action)
                    .reacting(new Reaction(true, false, Duration.ofMinutes(cooldown)));
            budget = DeadlineRules.check(config, profile);
        } catch (ConfigException e) {
            Assume.that(false);
            return;
        }
        Duration act = action == SelfFenceAction.REBOOT ? Duration.ZERO : d.act();
        BigDecimal end = BigDecimal.valueOf(
                        d.self().plus(act).plus(d.watchdog().multipliedBy(2)).toNanos())
                .multiply(BigDecimal.valueOf(1_000_000L + rho))
                .divide(BigDecimal.valueOf(1_000_000L - rho), 9, RoundingMode.FLOOR)
                .add(BigDecimal.valueOf(d.margin().toNanos()));
        assertThat(BigDecimal.valueOf(budget.takeover().toNanos())).isGreaterThanOrEqualTo(end);
        assertThat(budget.inForce()).isGreaterThan(budget.takeover());
        assertThat(budget.inForce()).isGreaterThanOrEqualTo(profile.budget());
        assertThat(d.beat()).isLessThan(d.suspect());
        assertThat(d.suspect()).isLessThan(d.self());
        assertThat(d.margin().toMillis()).isGreaterThanOrEqualTo(flightMs);
    }

    /** Failures that must come first lengthen the lease and with it the takeover; they never shorten it. */
    @Property
    void consecutiveFailuresFitTheLeaseOrRaiseIt(
            @ForAll("deadlines") Deadlines d,
            @ForAll @IntRange(min = 1, max = 600) int failures,
            @ForAll boolean explicit,
            @ForAll Profile profile) {
        Duration needed = d.beat().multipliedBy(failures + 1L);
        if (explicit && d.self().compareTo(needed) < 0) {
            assertThatThrownBy(() -> DeadlineRules.self(d.self(), true, failures, d.beat()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(DurationText.of(d.self()))
                    .hasMessageContaining(DurationText.of(needed));
            return;
        }
        Duration self = DeadlineRules.self(d.self(), explicit, failures, d.beat());
        assertThat(self).isGreaterThanOrEqualTo(d.self()).isGreaterThanOrEqualTo(needed);
        Deadlines raised = new Deadlines(d.beat(), d.suspect(), self, d.act(), d.watchdog(), d.margin());
        try {
            TimeBudget before =
                    DeadlineRules.check(Configs.timed(d, 1000, Duration.ZERO, SelfFenceAction.STOP_VMS), profile);
            TimeBudget after =
                    DeadlineRules.check(Configs.timed(raised, 1000, Duration.ZERO, SelfFenceAction.STOP_VMS), profile);
            assertThat(after.takeover().minus(before.takeover())).isGreaterThanOrEqualTo(self.minus(d.self()));
        } catch (ConfigException e) {
            Assume.that(false);
        }
    }

    @Example
    void whoeverResetsHimselfHasACooldown() {
        for (SelfFenceAction action :
                List.of(SelfFenceAction.REBOOT, SelfFenceAction.GRACEFUL_REBOOT, SelfFenceAction.RESTART_AGENT)) {
            CellConfig config = Configs.timed(Profile.NORMAL.deadlines(), 1000, ms(1000), action);
            assertThatThrownBy(() -> DeadlineRules.check(config, Profile.NORMAL))
                    .hasMessageContaining("selfFence.cooldown must be at least 1m with action " + action.word());
            DeadlineRules.check(
                    config.reacting(new Reaction(true, false, DeadlineRules.presetCooldown(action))), Profile.NORMAL);
        }
        CellConfig tooLong = Configs.timed(Profile.NORMAL.deadlines(), 1000, ms(1000), SelfFenceAction.STOP_VMS)
                .reacting(new Reaction(true, false, Duration.ofHours(25)));
        assertThatThrownBy(() -> DeadlineRules.check(tooLong, Profile.NORMAL))
                .hasMessageContaining("selfFence.cooldown: 1500m is out of range");
    }

    @Property
    void everyProfileKeepsItsPublishedBudget(@ForAll Profile profile, @ForAll @IntRange(max = 1000) int rho) {
        TimeBudget budget = DeadlineRules.check(
                Configs.timed(
                        profile.deadlines(), rho, Duration.ofSeconds(1), SelfFenceAction.STOP_VMS, WatchdogKind.DEVICE),
                profile);
        assertThat(budget.inForce()).isEqualTo(profile.budget());
        assertThat(budget.isLonger()).isFalse();
    }

    @Example
    void aLongerBudgetIsAllowedAndToldInFull() {
        Deadlines d = Profile.FAST.deadlines();
        Deadlines slow =
                new Deadlines(d.beat(), d.suspect(), Duration.ofSeconds(12), d.act(), d.watchdog(), d.margin());
        CellConfig config = Configs.timed(slow, 1000, Duration.ofSeconds(1), SelfFenceAction.STOP_VMS);
        TimeBudget budget = DeadlineRules.check(config, Profile.FAST);
        assertThat(budget.isLonger()).isTrue();
        assertThat(Notices.of(config, budget, Profile.FAST, false))
                .containsExactly("deadlines: a failover by time takes up to 22s, profile fast publishes 15s");
    }

    @Example
    void aBrokenInequalityIsRefusedWithBothNumbers() {
        assertRefused(new Deadlines(ms(500), ms(900), ms(6000), ms(1000), ms(2000), ms(3000)))
                .hasMessage("deadlines.suspect must be at least 2 * deadlines.beat, but 900ms < 1s: one lost round must"
                        + " not make a suspect; raise suspect or lower beat");
        assertRefused(new Deadlines(ms(500), ms(1000), ms(1900), ms(1000), ms(2000), ms(3000)))
                .hasMessageContaining("deadlines.self must be at least 4 * deadlines.beat, but 1900ms < 2s");
        assertRefused(new Deadlines(ms(500), ms(6000), ms(6000), ms(1000), ms(2000), ms(3000)))
                .hasMessageContaining(
                        "deadlines.self must be at least deadlines.suspect + deadlines.beat, but 6s < 6500ms");
        assertRefused(new Deadlines(ms(500), ms(2000), ms(6000), ms(1000), ms(400), ms(3000)))
                .hasMessageContaining("deadlines.watchdog must be at least deadlines.beat, but 400ms < 500ms");
        assertRefused(new Deadlines(ms(500), ms(2000), ms(6000), ms(1000), ms(2000), ms(900)))
                .hasMessageContaining("deadlines.margin must be at least flight, but 900ms < 1s");
        assertRefused(new Deadlines(ms(500), ms(2000), ms(6000), ms(0), ms(2000), ms(3000)))
                .hasMessage("deadlines.act: 0ms is out of range, 200ms to 10m");
        assertRefused(new Deadlines(ms(1), ms(2000), ms(6000), ms(1000), ms(2000), ms(3000)))
                .hasMessage("deadlines.beat: 1ms is out of range, 50ms to 10s");
    }

    @Example
    void aWatchdogDeviceCountsWholeSeconds() {
        Deadlines d = new Deadlines(ms(500), ms(2000), ms(6000), ms(1000), ms(2500), ms(3000));
        assertThatThrownBy(() -> DeadlineRules.check(
                        Configs.timed(d, 1000, ms(1000), SelfFenceAction.STOP_VMS, WatchdogKind.DEVICE), Profile.FAST))
                .hasMessageContaining("deadlines.watchdog: 2500ms is not a whole number of seconds");
    }

    @Example
    void whatCanNeverBeProvenByTimeIsSaid() {
        CellConfig config = Configs.timed(Profile.FAST.deadlines(), 5000, ms(1000), SelfFenceAction.LOG_ONLY);
        TimeBudget budget = DeadlineRules.check(config, Profile.FAST);
        assertThat(Notices.of(config, budget, Profile.FAST, false))
                .containsExactly(
                        "selfFence.action: log-only is enforced by nothing; no VM of this host will ever be released"
                                + " by time",
                        "rho: 5000 ppm; the published budgets hold for up to 1000");
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Deadlines d) {
        return assertThatThrownBy(() ->
                        DeadlineRules.check(Configs.timed(d, 1000, ms(1000), SelfFenceAction.STOP_VMS), Profile.FAST))
                .isInstanceOf(ConfigException.class);
    }

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }
}
