package io.quorumfence.check;

import io.quorumfence.check.Evidence.ClaimSeen;
import io.quorumfence.check.Evidence.Decision;
import io.quorumfence.check.Evidence.Presence;
import io.quorumfence.check.Evidence.Redemption;
import io.quorumfence.check.Evidence.Sight;
import io.quorumfence.check.Evidence.Start;
import io.quorumfence.check.Evidence.View;
import io.quorumfence.check.Evidence.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Evidence told step by step; times are in milliseconds. A cell of three hosts with the deadlines of profile fast. */
final class Story {
    private final List<Write> writes = new ArrayList<>();
    private final List<Presence> presences = new ArrayList<>();
    private final List<Start> starts = new ArrayList<>();
    private final List<Decision> decisions = new ArrayList<>();
    private final List<Redemption> redemptions = new ArrayList<>();
    private final List<View> views = new ArrayList<>();
    private long budgetMs;
    private Set<String> ignored = Set.of();

    /** The VM writes every 200 ms, and its process is there. */
    Story runs(String host, long fromMs, long untilMs) {
        long counter = 0;
        for (long at = fromMs; at <= untilMs; at += 200) {
            writes.add(new Write("v1", host, "boot-" + host + fromMs, ++counter, ns(at - 20), ns(at)));
        }
        presences.add(new Presence("v1", host, ns(fromMs), ns(untilMs)));
        return this;
    }

    Story processOnly(String host, long fromMs, long untilMs) {
        presences.add(new Presence("v1", host, ns(fromMs), ns(untilMs)));
        return this;
    }

    Story firstStart(String host, long atMs) {
        starts.add(new Start("v1", host, ns(atMs), "", false));
        return this;
    }

    Story startByPermit(String host, long atMs) {
        starts.add(new Start("v1", host, ns(atMs), "p1", false));
        return this;
    }

    Story answered(String verdict, String reason, int evidence, long atMs) {
        String permit = verdict.equals("ALLOW") ? "p1" : "";
        decisions.add(new Decision("ask", "v1", "h1", "h2", verdict, reason, evidence, "", permit, 0, ns(atMs)));
        return this;
    }

    Story redeemed(String host, long atMs) {
        redemptions.add(new Redemption("p1", host, ns(atMs), true));
        return this;
    }

    Story lease(String host, boolean live, long atMs) {
        views.add(view(host, atMs, live, List.of(), 0, List.of()));
        return this;
    }

    Story record(long version, long atMs, ClaimSeen... claims) {
        views.add(view("h2", atMs, true, List.of(), version, List.of(claims)));
        return this;
    }

    Story sees(String observer, String suspect, long ageMs, long atMs) {
        views.add(view(observer, atMs, true, List.of(new Sight(suspect, 1, ageMs, ageMs, false)), 1, List.of()));
        return this;
    }

    Story ignores(String vm) {
        ignored = Set.of(vm);
        return this;
    }

    Story promises(long budget) {
        budgetMs = budget;
        return this;
    }

    static ClaimSeen claim(long token, String suspect, String stage, String rung) {
        return new ClaimSeen(token, suspect, 1, "h2", stage, rung, "VMS_GONE");
    }

    Map<String, Finding> judged(long lostMs) {
        Evidence.Terms terms = new Evidence.Terms(3, 2000, 1000, 2000, 1, budgetMs, ignored);
        Evidence told = new Evidence(writes, presences, starts, decisions, redemptions, views, terms);
        return Judge.judge(told, lostMs < 0 ? -1 : ns(lostMs));
    }

    Finding.Verdict verdict(String invariant) {
        Finding finding = judged(-1).get(invariant);
        if (finding == null) {
            throw new IllegalArgumentException(invariant);
        }
        return finding.verdict();
    }

    private static View view(
            String host, long atMs, boolean live, List<Sight> sights, long version, List<ClaimSeen> claims) {
        return new View(
                ns(atMs),
                host,
                1,
                "JOINED",
                live,
                100,
                5_000,
                "stop-vms",
                sights,
                version,
                claims,
                List.of(),
                List.of());
    }

    private static long ns(long millis) {
        return millis * 1_000_000;
    }
}
