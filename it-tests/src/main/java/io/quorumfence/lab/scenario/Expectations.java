package io.quorumfence.lab.scenario;

import io.quorumfence.check.Evidence.ClaimSeen;
import io.quorumfence.check.Evidence.View;
import io.quorumfence.check.Evidence.Write;
import io.quorumfence.check.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Reads {@code expect:} into checks. Whatever is expected, no invariant may be violated unless that is expected. */
final class Expectations {
    private final List<Check> checks = new ArrayList<>();
    private final Cast cast;

    private Expectations(Cast cast) {
        this.cast = cast;
    }

    static List<Check> read(Yaml value, Cast cast) {
        Expectations read = new Expectations(cast);
        Keys keys = value.keys("expect");
        read.answer(keys);
        read.allowed(keys);
        keys.find("new-writers").ifPresent(read::newWriters);
        read.writers(keys);
        read.fences(keys);
        read.hosts(keys);
        keys.find("order").ifPresent(order -> read.order(order.texts()));
        keys.find("renewed").ifPresent(read::renewed);
        keys.find("ssh-siblings").ifPresent(read::sshSiblings);
        keys.find("invariants").ifPresent(read::invariants);
        keys.end();
        return List.copyOf(read.checks);
    }

    private void check(String key, Function<Outcome, List<String>> failures) {
        checks.add(new Check(key, failures));
    }

    private static List<String> unless(boolean met, String failure) {
        return met ? List.of() : List.of(failure);
    }

    private void answer(Keys keys) {
        AnswerExpectation answer = AnswerExpectation.read(keys);
        if (!answer.isEmpty()) {
            check(
                    "decision",
                    outcome -> outcome.decision()
                            .map(decision -> answer.failures(decision, outcome.stage()))
                            .orElse(List.of("nobody asked for a decision")));
        }
    }

    /** {@code allowed: 1}: how many of the requests were allowed in the end. */
    private void allowed(Keys keys) {
        keys.find("allowed").ifPresent(value -> {
            int wanted = value.number();
            check("allowed", outcome -> {
                List<String> allowed = outcome.stage().decisions().stream()
                        .filter(decision -> decision.verdict().equals("ALLOW"))
                        .map(decision -> decision.name())
                        .toList();
                return unless(allowed.size() == wanted, "allowed were " + allowed + ", expected " + wanted);
            });
        });
    }

    /** {@code new-writers: {vm: v1, of: power-off, count: 1}}: hosts that began to write after a step. */
    private void newWriters(Yaml value) {
        Keys keys = value.keys("new-writers");
        String vm = cast.vm(keys.need("vm"));
        String of = keys.text("of");
        int wanted = keys.need("count").number();
        keys.end();
        check("new-writers", outcome -> {
            long from = outcome.stage().moment(of).orElse(Long.MAX_VALUE);
            Set<String> known = writersOf(outcome, vm, write -> write.byNs() <= from);
            Set<String> fresh = writersOf(outcome, vm, write -> write.afterNs() > from);
            fresh.removeAll(known);
            return unless(
                    fresh.size() == wanted,
                    fresh + " began to write " + vm + " after '" + of + "', expected " + wanted);
        });
    }

    private static Set<String> writersOf(Outcome outcome, String vm, Predicate<Write> which) {
        return outcome.evidence().writes().stream()
                .filter(write -> write.vm().equals(vm))
                .filter(which)
                .map(Write::host)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** {@code writers: {v1: [h1, h2]}} in the order of their first writes; {@code writing: {v1: h2}} at the end. */
    private void writers(Keys keys) {
        keys.find("writers")
                .ifPresent(value -> value.keys("writers").all().forEach((vm, hosts) -> {
                    List<String> wanted = cast.hosts(hosts);
                    check("writers", outcome -> {
                        List<String> wrote = outcome.evidence().writes().stream()
                                .filter(write -> write.vm().equals(vm))
                                .map(write -> write.host())
                                .distinct()
                                .toList();
                        return unless(wrote.equals(wanted), vm + " was written by " + wrote + ", expected " + wanted);
                    });
                }));
        keys.find("writing")
                .ifPresent(value -> value.keys("writing").all().forEach((vm, host) -> {
                    String wanted = host.text().equals("nobody") ? "nobody" : cast.host(host);
                    check("writing", outcome -> {
                        String writes = cast.hosts().stream()
                                .filter(h -> outcome.stage().cell().disks().isWriting(vm, h))
                                .reduce((one, other) -> one + " and " + other)
                                .orElse("nobody");
                        return unless(
                                writes.equals(wanted),
                                "in the end " + vm + " is written by " + writes + ", not " + wanted);
                    });
                }));
    }

    private void fences(Keys keys) {
        keys.find("fenced").ifPresent(value -> {
            Set<String> wanted = hostsOrNone(value);
            check("fenced", outcome -> {
                Set<String> fenced = outcome.claims().stream()
                        .filter(ClaimSeen::isProven)
                        .map(ClaimSeen::suspect)
                        .collect(Collectors.toCollection(TreeSet::new));
                return unless(fenced.equals(wanted), "fenced were " + fenced + ", expected " + wanted);
            });
        });
        keys.find("rung")
                .ifPresent(value -> check("rung", outcome -> {
                    List<String> rungs = outcome.claims().stream()
                            .filter(ClaimSeen::isProven)
                            .map(ClaimSeen::rung)
                            .toList();
                    List<String> wanted = value.texts();
                    return unless(
                            !rungs.isEmpty() && wanted.containsAll(rungs),
                            "proofs came by " + rungs + ", expected " + wanted);
                }));
        keys.find("tokens").ifPresent(value -> {
            int wanted = value.number();
            check(
                    "tokens",
                    outcome -> unless(
                            outcome.claims().size() == wanted,
                            outcome.claims().size() + " claims were made, expected " + wanted + ": "
                                    + outcome.claims()));
        });
        keys.find("tokens-for")
                .ifPresent(value -> value.keys("tokens-for").all().forEach((host, count) -> {
                    int wanted = count.number();
                    check("tokens-for", outcome -> {
                        List<ClaimSeen> claims = outcome.claims().stream()
                                .filter(claim -> claim.suspect().equals(host))
                                .toList();
                        return unless(
                                claims.size() == wanted,
                                "claims on " + host + " were " + claims + ", expected " + wanted);
                    });
                }));
        keys.find("permits").ifPresent(value -> {
            int wanted = value.number();
            check(
                    "permits",
                    outcome -> unless(
                            outcome.permits().size() == wanted,
                            outcome.permits().size() + " permits were given, expected " + wanted + ": "
                                    + outcome.permits()));
        });
    }

    private void hosts(Keys keys) {
        keys.find("resets").ifPresent(value -> {
            Set<String> wanted = hostsOrNone(value);
            check("resets", outcome -> {
                Set<String> reset = cast.hosts().stream()
                        .filter(host -> outcome.stage().cell().boxes().resets(host) > 0)
                        .collect(Collectors.toCollection(TreeSet::new));
                return unless(reset.equals(wanted), "watchdogs fired on " + reset + ", expected " + wanted);
            });
        });
        keys.find("self-fenced").ifPresent(value -> {
            Set<String> wanted = hostsOrNone(value);
            check("self-fenced", outcome -> {
                Set<String> latched = outcome.evidence().views().stream()
                        .filter(view -> view.phase().equals("LATCHED"))
                        .map(View::host)
                        .collect(Collectors.toCollection(TreeSet::new));
                return unless(latched.equals(wanted), "leases ended on " + latched + ", expected " + wanted);
            });
        });
        keys.find("alerts")
                .ifPresent(value -> value.keys("alerts").all().forEach((host, codes) -> {
                    for (String code : codes.texts()) {
                        check(
                                "alerts",
                                outcome -> unless(
                                        outcome.evidence().views().stream()
                                                .anyMatch(view -> view.host().equals(host)
                                                        && view.alerts().contains(code)),
                                        host + " never raised the alert " + code));
                    }
                }));
    }

    private Set<String> hostsOrNone(Yaml value) {
        boolean none = !value.isList() && value.text().equals("none");
        return new TreeSet<>(none ? List.of() : cast.hosts(value));
    }

    /** Events of the timeline that must have come in this order; each must have come. */
    private void order(List<String> events) {
        check("order", outcome -> {
            List<String> failures = new ArrayList<>();
            long before = Long.MIN_VALUE;
            String last = "";
            for (String event : events) {
                var entry = outcome.stage().cell().timeline().first(event);
                if (entry.isEmpty()) {
                    failures.add("'" + event + "' never happened");
                } else if (entry.get().atNs() < before) {
                    failures.add("'" + event + "' came before '" + last + "'");
                } else {
                    before = entry.get().atNs();
                    last = event;
                }
            }
            return failures;
        });
    }

    /** {@code renewed: {host: h1, of: kill-agent, seconds: 3}}: the lease's first renewal after a step. */
    private void renewed(Yaml value) {
        Keys keys = value.keys("renewed");
        String host = cast.host(keys.need("host"));
        String of = keys.text("of");
        double seconds = keys.need("seconds").decimal();
        keys.end();
        check("renewed", outcome -> {
            long from = outcome.stage().moment(of).orElse(Long.MAX_VALUE);
            double took = outcome.evidence().views().stream()
                    .filter(view -> view.host().equals(host))
                    .flatMapToLong(view -> LongStream.of(view.renewalAgeMs(), view.firstRenewalAgeMs())
                            .filter(ageMs -> ageMs >= 0)
                            .map(ageMs -> view.atNs() - ageMs * 1_000_000))
                    .filter(at -> at > from)
                    .min()
                    .stream()
                    .mapToDouble(at -> (at - from) / 1e9)
                    .findFirst()
                    .orElse(Double.POSITIVE_INFINITY);
            return unless(
                    took <= seconds,
                    String.format(
                            Locale.ROOT,
                            "%s's lease was renewed %.1f s after '%s', %.1f s was the limit",
                            host,
                            took,
                            of,
                            seconds));
        });
    }

    /** {@code ssh-siblings: {h1: 1}}: how many different hosts came in by ssh. */
    private void sshSiblings(Yaml value) {
        value.keys("ssh-siblings").all().forEach((host, count) -> {
            int wanted = count.number();
            check("ssh-siblings", outcome -> {
                Set<String> came = SshLog.siblings(outcome.logs().resolve(host).resolve("log/sshd.log"));
                return unless(came.size() == wanted, came + " came to " + host + " by ssh, expected " + wanted);
            });
        });
    }

    private void invariants(Yaml value) {
        value.keys("invariants").all().forEach((name, verdict) -> {
            String wanted = verdict.text();
            check("invariants", outcome -> {
                Finding found = outcome.findings().getOrDefault(name, Finding.notJudged("no such invariant"));
                return unless(
                        found.verdict().shown().equals(wanted),
                        name + " is " + found.verdict().shown() + ", expected " + wanted + ": " + found.why());
            });
        });
    }

    /** Invariants that the scenario expects to be violated: it tests the judge. */
    static Set<String> expectedViolations(Yaml value) {
        return value.keys("expect")
                .find("invariants")
                .map(named -> named.keys("invariants").all().entrySet().stream()
                        .filter(entry -> entry.getValue().text().equals(Finding.Verdict.VIOLATED.shown()))
                        .map(Map.Entry::getKey)
                        .sorted(Comparator.naturalOrder())
                        .collect(Collectors.toCollection(TreeSet::new)))
                .orElse(new TreeSet<>());
    }
}
