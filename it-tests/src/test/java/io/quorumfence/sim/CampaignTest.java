package io.quorumfence.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.config.Profile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Campaigns of seeds: 100,000 in an ordinary run, others each day and the same all day, so that every day explores
 * new ones and everybody can run them again; 10,000,000 with {@code -Dqf.test.tier=nightly}. Every thousandth runs
 * twice and must go the same way. {@code -Dqf.sim.seeds} and {@code -Dqf.sim.from} pin how many, and which.
 */
class CampaignTest {
    private static final boolean NIGHTLY = "nightly".equals(System.getProperty("qf.test.tier"));
    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final long A_DAY = 100_000;
    /** A day's seeds of the ordinary runs and those of its nightly one never meet. */
    private static final long NIGHTS = 1L << 40;

    /** Where this day's seeds begin; the day is that of UTC, so a run at midnight says which ones it took. */
    private static long today(long seeds) {
        long day = LocalDate.now(ZoneOffset.UTC).toEpochDay();
        return NIGHTLY ? NIGHTS + day * seeds : day * A_DAY;
    }

    private static Summary run(Schedule.Wish wish, long from, long seeds, int threads) {
        long began = System.nanoTime();
        Summary sum = new Campaign(wish, threads, failure -> {}).run(from, seeds, Long.MAX_VALUE / 2);
        System.out.println("simulated " + wish + " from seed " + from + ": "
                + sum.json((System.nanoTime() - began) / 1e9, wish.profile(), ""));
        return sum;
    }

    private static void clean(Summary sum, long seeds) {
        List<Long> open = seedsOf("/sim/open-seeds.txt");
        var known = sum.failures().stream()
                .filter(failure -> open.contains(failure.seed()))
                .toList();
        known.forEach(
                failure -> System.out.println("OPEN FINDING: seed " + failure.seed() + " " + failure.violations()));
        assertThat(sum.failures().stream()
                        .filter(failure -> !open.contains(failure.seed()))
                        .map(failure ->
                                failure.violations().get(0) + "; replay with: " + Summary.replayOf(failure.seed(), "")))
                .isEmpty();
        assertThat(sum.schedules()).isEqualTo(seeds);
        assertThat(sum.falseFences()).isLessThanOrEqualTo(known.size());
    }

    private static List<Long> seedsOf(String file) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(CampaignTest.class.getResourceAsStream(file)), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> Long.parseLong(line.substring(0, line.indexOf(' '))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void freshSeedsBreakNothing() {
        long seeds = Long.getLong("qf.sim.seeds", NIGHTLY ? 10_000_000 : 100_000);
        long from = Long.getLong("qf.sim.from", today(seeds));
        System.out.println("seeds " + from + " to " + (from + seeds - 1) + "; again with -Dqf.sim.from=" + from);
        Summary sum = run(Schedule.Wish.NONE, from, seeds, THREADS);
        clean(sum, seeds);
        // A campaign that starts no VM, proves nobody or grants nothing would prove nothing.
        assertThat(sum.starts()).isGreaterThan(seeds);
        assertThat(sum.permitSeconds(1)).isPositive();
    }

    @Test
    void seedsThatOnceFailedHold() {
        List<Long> seeds = seedsOf("/sim/regression-seeds.txt");
        assertThat(seeds).isNotEmpty();
        for (long seed : seeds) {
            assertThat(new Run(Schedule.of(seed, Schedule.Wish.NONE), false)
                            .go()
                            .violations())
                    .as("replay with: " + Summary.replayOf(seed, ""))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Story.class, mode = EnumSource.Mode.EXCLUDE, names = "ANY")
    void everyStoryEndsWell(Story story) {
        long seeds = NIGHTLY ? 20_000 : 100;
        clean(run(new Schedule.Wish(0, Optional.empty(), story), 1, seeds, THREADS), seeds);
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void permitsComeWithinThePublishedBudget(Profile profile) {
        long seeds = NIGHTLY ? 5_000 : 60;
        Summary sum = run(new Schedule.Wish(0, Optional.of(profile), Story.POWER_LOSS), 1, seeds, THREADS);
        clean(sum, seeds);
        assertThat(sum.permitSeconds(1))
                .isBetween(1.0, (double) profile.budget().toSeconds());
    }

    @Test
    void aCellOfSixtyFourHostsBehavesLikeASmallOne() {
        Schedule.Wish wish = new Schedule.Wish(64, Optional.empty(), Story.ANY);
        clean(run(wish, 1, NIGHTLY ? 500 : 4, THREADS), NIGHTLY ? 500 : 4);
    }

    @Test
    void aStepInPlaceIsTheSameStep() {
        for (long seed = 1; seed <= 20; seed++) {
            Run inPlace = new Run(Schedule.of(seed, Schedule.Wish.NONE), false);
            Run onCopies = new Run(Schedule.of(seed, Schedule.Wish.NONE), false);
            onCopies.cell.copying = true;
            assertThat(onCopies.go().fingerprint()).isEqualTo(inPlace.go().fingerprint());
        }
    }

    @Test
    void theFieldReportCostsNobodyAVm() {
        ReportReplay.Outcome outcome = ReportReplay.play(1, NIGHTLY ? 4 : 0.5);
        System.out.println(outcome);
        assertThat(outcome.stalls()).isGreaterThan(20);
        assertThat(outcome.resets()).isZero();
        assertThat(outcome.vmsStopped()).isZero();
    }
}
