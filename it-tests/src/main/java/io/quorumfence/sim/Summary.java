package io.quorumfence.sim;

import com.sun.management.OperatingSystemMXBean;
import io.quorumfence.config.Profile;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The sum of many runs. Not thread-safe; each thread has its own, and they are added up. */
final class Summary {
    private static final int FAILURES_KEPT = 20;

    private long schedules;
    private long simulatedNs;
    private long steps;
    private long starts;
    private long fences;
    private long resets;
    private long falseFences;
    private final Map<String, Long> proofs = new TreeMap<>();
    private final Map<String, Long> violations = new TreeMap<>();
    private final List<Long> permitNs = new ArrayList<>();
    private final List<Run.Result> failures = new ArrayList<>();

    void add(Run.Result result) {
        schedules++;
        simulatedNs += result.simulatedNs();
        steps += result.steps();
        starts += result.starts();
        fences += result.fences();
        resets += result.resets();
        falseFences += result.falseFences();
        permitNs.addAll(result.permitNs());
        result.proofs().forEach((rung, number) -> proofs.merge(rung, (long) number, Long::sum));
        result.violations().stream()
                .map(Violation::invariant)
                .distinct()
                .forEach(invariant -> violations.merge(invariant, 1L, Long::sum));
        if (!result.violations().isEmpty()) {
            failures.add(result);
        }
    }

    void add(Summary other) {
        schedules += other.schedules;
        simulatedNs += other.simulatedNs;
        steps += other.steps;
        starts += other.starts;
        fences += other.fences;
        resets += other.resets;
        falseFences += other.falseFences;
        permitNs.addAll(other.permitNs);
        other.proofs.forEach((rung, number) -> proofs.merge(rung, number, Long::sum));
        other.violations.forEach((invariant, number) -> violations.merge(invariant, number, Long::sum));
        failures.addAll(other.failures);
    }

    long schedules() {
        return schedules;
    }

    long starts() {
        return starts;
    }

    long falseFences() {
        return falseFences;
    }

    Map<String, Long> violations() {
        return violations;
    }

    /** The failing runs, lowest seed first. */
    List<Run.Result> failures() {
        failures.sort((a, b) -> Long.compare(a.seed(), b.seed()));
        return failures.subList(0, Math.min(failures.size(), FAILURES_KEPT));
    }

    /** Seconds from a host's power loss to the permit for one of its VMs; 0 when there was none. */
    double permitSeconds(double quantile) {
        if (permitNs.isEmpty()) {
            return 0;
        }
        Collections.sort(permitNs);
        int last = permitNs.size() - 1;
        return permitNs.get((int) Math.ceil(quantile * last)) / 1e9;
    }

    static final String HEADINGS = String.format(
            Locale.ROOT,
            "%-16s %9s %8s %7s %7s %6s %11s %7s %7s %7s  %s",
            "story",
            "schedules",
            "hours",
            "starts",
            "fences",
            "resets",
            "falseFences",
            "permits",
            "p50 s",
            "max s",
            "broken");

    /** One line of the table of stories. */
    String row(Story story) {
        return String.format(
                Locale.ROOT,
                "%-16s %9d %8.1f %7d %7d %6d %11d %7d %7.1f %7.1f  %s",
                story.name().toLowerCase(Locale.ROOT),
                schedules,
                simulatedNs / 3.6e12,
                starts,
                fences,
                resets,
                falseFences,
                permitNs.size(),
                permitSeconds(0.5),
                permitSeconds(1),
                violations.isEmpty() ? "-" : violations);
    }

    /** What this process has used so far, the compiler's and the collector's threads included. */
    private static double cpuSeconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
                ? bean.getProcessCpuTime() / 1e9
                : 0;
    }

    static String replayOf(long seed, String pins) {
        return "./qf sim replay " + seed + pins;
    }

    /**
     * The closing figures.
     *
     * @param profile decides which published budget the permits are held against; empty: the seeds drew their deadlines
     * @param pins what a replay has to repeat
     */
    Map<String, Object> json(double wallSeconds, Optional<Profile> profile, String pins) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schedules", schedules);
        json.put("simulatedHours", Math.round(simulatedNs / 3.6e11) / 10.0);
        json.put("steps", steps);
        json.put("starts", starts);
        json.put("fences", fences);
        json.put("resets", resets);
        json.put("proofs", proofs);
        json.put("violations", violations);
        json.put("falseFences", falseFences);
        json.put("permits", permitNs.size());
        Map<String, Object> permit = new LinkedHashMap<>();
        permit.put("p50", permitSeconds(0.5));
        permit.put("p99", permitSeconds(0.99));
        permit.put("max", permitSeconds(1));
        profile.ifPresent(known -> permit.put("budget", known.budget().toSeconds()));
        json.put("permitSeconds", permit);
        json.put("wallSeconds", Math.round(wallSeconds * 10) / 10.0);
        json.put("schedulesPerSecond", Math.round(schedules / Math.max(wallSeconds, 0.001)));
        double cpuSeconds = cpuSeconds();
        json.put("cpuSeconds", Math.round(cpuSeconds * 10) / 10.0);
        json.put("schedulesPerCpuSecond", Math.round(schedules / Math.max(cpuSeconds, 0.001)));
        json.put(
                "failures",
                failures().stream()
                        .map(failure -> Map.of(
                                "seed", failure.seed(),
                                "invariant", failure.violations().get(0).invariant(),
                                "what", failure.violations().get(0).what(),
                                "replay", replayOf(failure.seed(), pins)))
                        .toList());
        return json;
    }
}
