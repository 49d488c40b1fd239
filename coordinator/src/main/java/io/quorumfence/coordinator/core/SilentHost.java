package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.CellView.Sight;
import io.quorumfence.coordinator.core.Finding.No;
import io.quorumfence.coordinator.core.Finding.NotYet;
import io.quorumfence.coordinator.core.status.HostView;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.coordinator.core.status.RecordView.ClaimView;
import io.quorumfence.coordinator.core.status.RecordView.RecordHost;
import io.quorumfence.model.HostId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The last host's agent does not answer and nothing is proven. Its silence alone proves nothing: either a witness
 * sees the host, or a suspicion or claim is under way and a rung exists, or the answer is no.
 */
final class SilentHost {
    private static final long NS_PER_MS = 1_000_000;
    /** Above any margin a host may publish, for waiting only. */
    private static final long FLIGHT_MS = 15_000;

    private final GatePolicy policy;

    SilentHost(GatePolicy policy) {
        this.policy = policy;
    }

    Finding judge(StartRequest request, CellView view, RecordView record) {
        HostId host = request.question().lastHost();
        List<Sight> sights = view.sightsOf(host);
        long suspectMs = Signs.suspectMs(host, view, sights);
        List<Evidence> alive = Signs.seenSince(request.askedNs() + suspectMs * NS_PER_MS / 2, host, sights, view);
        if (!alive.isEmpty()) {
            Evidence first = alive.get(0);
            String text = "host " + host + "'s agent does not answer the coordinator, but host " + first.who() + " "
                    + first.saw() + " on " + first.plane() + " " + first.ageMs() + " ms ago";
            return new No(Reason.HOST_ALIVE, text, alive);
        }
        Optional<ClaimView> claim = openClaim(host, record);
        boolean suspected = claim.isPresent()
                || sights.stream().anyMatch(sight -> sight.view().suspected() || sight.isWorking());
        if (!suspected) {
            return awaitSuspicion(request, view, sights, suspectMs);
        }
        if (claim.isEmpty() && stormGuardShut(sights)) {
            return new No(
                    Reason.STORM_GUARD,
                    "the storm guard is shut, so no agent may claim host " + host,
                    Signs.lastSeen(host, view));
        }
        return awaitProof(request, view, sights, claim);
    }

    private Finding awaitSuspicion(StartRequest request, CellView view, List<Sight> sights, long suspectMs) {
        HostId host = request.question().lastHost();
        long fromNs = sights.stream()
                .map(Sight::lastSeenNs)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .reduce(request.askedNs(), Math::max);
        long deadlineNs = fromNs + 2 * suspectMs * NS_PER_MS + policy.suspicionSlackNs();
        return new NotYet(
                Awaited.SUSPICION,
                "host " + host + "'s agent does not answer (" + view.silence(host) + "), and no agent suspects it yet",
                deadlineNs,
                Signs.lastSeen(host, view));
    }

    private Finding awaitProof(StartRequest request, CellView view, List<Sight> sights, Optional<ClaimView> claim) {
        HostId host = request.question().lastHost();
        List<Evidence> evidence = new ArrayList<>(workOf(host, sights));
        evidence.addAll(Signs.lastSeen(host, view));
        String doing = claim.map(open -> "claim " + open.token() + " by " + open.claimer() + " is " + open.stage())
                .orElse("it is suspected");
        Optional<Sight> timed = sights.stream()
                .filter(sight -> sight.view().timeRung().possible())
                .findFirst();
        boolean stillAlive = sights.stream().anyMatch(SilentHost::saysStillAlive);
        if (timed.isPresent()) {
            long opensInMs = opensInMs(sights);
            String when = opensInMs > 0 ? "time proves its end in " + opensInMs + " ms" : "time may prove its end now";
            return new NotYet(
                    Awaited.PROOF,
                    "host " + host + " is silent; " + doing + "; " + when,
                    proofDeadline(request, view, sights, opensInMs),
                    evidence);
        }
        String terms = termsSay(host, sights);
        if (stillAlive) {
            return new No(Reason.STILL_ALIVE, "a sibling found the VM's process alive on host " + host, evidence);
        }
        Optional<String> tried =
                sights.stream().flatMap(sight -> sshVerdict(sight).stream()).findFirst();
        if (tried.isPresent() || sights.stream().noneMatch(SilentHost::mayProveBySsh)) {
            String ssh = tried.map(verdict -> "; ssh ended as " + verdict).orElse("");
            return new No(Reason.NO_TIME_PROOF, "host " + host + " is silent, and " + terms + ssh, evidence);
        }
        return new NotYet(
                Awaited.PROOF,
                "host " + host + " is silent; " + doing + "; " + terms + "; only ssh may prove it",
                keptDeadline(request).orElse(view.nowNs() + policy.sshNs()),
                evidence);
    }

    /** Once the rung is open, or while nobody says when it opens, the deadline stays where it was: it must come. */
    private long proofDeadline(StartRequest request, CellView view, List<Sight> sights, long opensInMs) {
        OptionalLong kept = keptDeadline(request);
        long openNs = view.nowNs() + opensInMs * NS_PER_MS + policy.proofSlackNs();
        if (opensInMs > 0) {
            return Math.max(openNs, kept.orElse(openNs));
        }
        boolean isOpen =
                sights.stream().anyMatch(sight -> sight.view().timeRung().opensInMs() != null);
        return kept.orElse(isOpen ? openNs : openNs + longestTakeoverMs(sights) * NS_PER_MS);
    }

    /** Only a bound for waiting: about the takeover time of the terms that were seen, and never a proof. */
    private static long longestTakeoverMs(List<Sight> sights) {
        return sights.stream()
                .map(sight -> sight.view().terms())
                .filter(Objects::nonNull)
                .mapToLong(terms -> terms.selfMs() + terms.actMs() + 2 * terms.watchdogMs() + FLIGHT_MS)
                .reduce(FLIGHT_MS, Math::max);
    }

    private static OptionalLong keptDeadline(StartRequest request) {
        Verdict.Pending before = request.notes().pending();
        return before != null && before.awaited() == Awaited.PROOF
                ? OptionalLong.of(before.deadlineNs())
                : OptionalLong.empty();
    }

    private static long opensInMs(List<Sight> sights) {
        return sights.stream()
                .map(sight -> sight.view().timeRung())
                .filter(HostView.RungView::possible)
                .map(HostView.RungView::opensInMs)
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .reduce(0, Math::max);
    }

    private static String termsSay(HostId host, List<Sight> sights) {
        return sights.stream()
                .map(sight ->
                        "time proves nothing for it: " + sight.view().timeRung().reason())
                .findFirst()
                .orElse("no agent has seen a beat of host " + host);
    }

    /** An agent that does not say so is taken at its deeds: while it works on the host, ssh may still answer. */
    private static boolean mayProveBySsh(Sight sight) {
        Boolean hasSsh = sight.view().hasSsh();
        return hasSsh == null ? sight.isWorking() : hasSsh;
    }

    private static Optional<String> sshVerdict(Sight sight) {
        HostView.Work work = sight.view().work();
        return work == null ? Optional.empty() : Optional.ofNullable(work.ssh());
    }

    private static boolean saysStillAlive(Sight sight) {
        HostView.Work work = sight.view().work();
        return work != null && work.saysStillAlive();
    }

    private static Optional<ClaimView> openClaim(HostId host, RecordView record) {
        long newest = record.host(host).map(RecordHost::counter).orElse(0L);
        return record.openClaims(host).stream()
                .filter(claim -> claim.counter() >= newest)
                .findFirst();
    }

    private static boolean stormGuardShut(List<Sight> sights) {
        String code = Reason.STORM_GUARD.code();
        return sights.stream().anyMatch(sight -> sight.view().lastRefusal().startsWith(code));
    }

    private static List<Evidence> workOf(HostId host, List<Sight> sights) {
        return sights.stream()
                .filter(Sight::isWorking)
                .map(sight -> {
                    HostView.Work work = Objects.requireNonNull(sight.view().work());
                    return Evidence.of(
                            sight.observer().value(), host, "works on it: " + work.stage() + " " + work.detail());
                })
                .toList();
    }
}
