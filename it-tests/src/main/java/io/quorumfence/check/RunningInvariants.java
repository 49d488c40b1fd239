package io.quorumfence.check;

import io.quorumfence.check.Evidence.Presence;
import io.quorumfence.check.Evidence.Write;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** I1, I2 and I3: where VMs run, why they were started, and when they stopped by themselves. */
final class RunningInvariants {
    private static final long MS = 1_000_000;
    private static final Set<String> STOPPING = Set.of("stop-vms", "reboot", "graceful-reboot");
    /** Looks at processes are this far apart at most when the machine is busy; two looks are no overlap yet. */
    private static final long LOOK_NS = 400 * MS;
    /** What a loaded machine may add to a reset or a kill before a look can show it. */
    private static final long SLACK_NS = 1500 * MS;

    private final Evidence evidence;
    private final List<Run> runs;

    RunningInvariants(Evidence evidence) {
        this.evidence = evidence;
        this.runs = Run.of(evidence.writes());
    }

    /** I1: a VM never runs on two hosts. */
    Finding oneHost() {
        for (Run early : runs) {
            for (Run late : runs) {
                if (early != late && early.wroteAfterStartOf(late)) {
                    return Finding.violated(early.vm() + " wrote on " + early.host() + " "
                            + millis(early.lastAfterNs() - late.firstByNs()) + " ms after it had written on "
                            + late.host());
                }
            }
        }
        return overlap()
                .or(this::twoOfOneBoot)
                .map(Finding::violated)
                .orElseGet(() -> runs.isEmpty()
                        ? Finding.notJudged("no VM wrote")
                        : Finding.ok(runs.size() + " boots, none overlaps another"));
    }

    /** A guest that migrates keeps its boot: two copies of it that both run write the same counters over again. */
    private Optional<String> twoOfOneBoot() {
        Map<String, Long> highest = new HashMap<>();
        for (Write write : evidence.writes()) {
            long before = highest.merge(write.vm() + " boot " + write.nonce(), write.counter(), Math::max);
            if (before > write.counter()) {
                return Optional.of(write.vm() + " wrote counter " + write.counter() + " after " + before);
            }
        }
        return Optional.empty();
    }

    private Optional<String> overlap() {
        for (Presence one : evidence.presences()) {
            for (Presence other : evidence.presences()) {
                long together = Math.min(one.untilNs(), other.untilNs()) - Math.max(one.fromNs(), other.fromNs());
                if (one.vm().equals(other.vm()) && one.host().compareTo(other.host()) < 0 && together > LOOK_NS) {
                    return Optional.of("processes of " + one.vm() + " were on " + one.host() + " and " + other.host()
                            + " together for " + millis(together) + " ms");
                }
            }
        }
        return Optional.empty();
    }

    /** I2: nothing starts without a permit that was redeemed first. */
    Finding permitsOnly() {
        for (Run run : runs) {
            Optional<Evidence.Start> start = evidence.starts().stream()
                    .filter(s -> s.vm().equals(run.vm()) && s.host().equals(run.host()) && s.atNs() <= run.firstByNs())
                    .reduce((first, second) -> second);
            if (start.isEmpty()) {
                return Finding.violated(run.vm() + " ran on " + run.host() + ", and nobody had started it there");
            }
            if (!start.get().permit().isEmpty() && !covered(start.get())) {
                return Finding.violated(run.vm() + " was started on " + run.host()
                        + " without an ALLOW and a redeemed permit before it");
            }
        }
        boolean judged =
                evidence.starts().stream().anyMatch(start -> !start.permit().isEmpty());
        boolean asked = evidence.decisions().stream().anyMatch(d -> !d.verdict().equals("PENDING"));
        return judged || asked
                ? Finding.ok("every start after the first followed ALLOW and redeem")
                : Finding.notJudged("nobody asked for a start");
    }

    private boolean covered(Evidence.Start start) {
        boolean allowed = evidence.decisions().stream()
                .anyMatch(d -> d.verdict().equals("ALLOW")
                        && d.permit().equals(start.permit())
                        && d.vm().equals(start.vm())
                        && d.destination().equals(start.host())
                        && d.answeredNs() <= start.atNs());
        boolean redeemed = evidence.redemptions().stream()
                .anyMatch(r -> r.permit().equals(start.permit())
                        && r.host().equals(start.host())
                        && r.accepted()
                        && r.atNs() <= start.atNs());
        return allowed && redeemed;
    }

    /** I3: where the lease ended, the VMs are gone within the enforced time. */
    Finding selfFence() {
        long limit = (evidence.terms().actMs() + 2 * evidence.terms().watchdogMs()) * MS + SLACK_NS;
        int ended = 0;
        for (String host :
                evidence.views().stream().map(Evidence.View::host).distinct().toList()) {
            Optional<Evidence.View> end = leaseEnd(host);
            if (end.isEmpty()) {
                continue;
            }
            ended++;
            long deadline = end.get().atNs() + limit;
            for (Presence presence : evidence.presences()) {
                if (presence.host().equals(host)
                        && !evidence.terms().ignored().contains(presence.vm())
                        && presence.fromNs() < end.get().atNs()
                        && presence.untilNs() > deadline) {
                    return Finding.violated(presence.vm() + " was on " + host + " for "
                            + millis(presence.untilNs() - end.get().atNs()) + " ms after the lease had ended");
                }
            }
        }
        return ended == 0
                ? Finding.notJudged("no lease was seen to end")
                : Finding.ok(ended + " ended leases, no VM outlived one");
    }

    /** The first view in which a joined incarnation's lease was over, where the action is one that stops VMs. */
    private Optional<Evidence.View> leaseEnd(String host) {
        Set<Long> lived = new HashSet<>(); // incarnations; a new one begins without a lease, and that is no end
        for (Evidence.View view : evidence.views()) {
            boolean stops = STOPPING.contains(view.action());
            if (view.host().equals(host) && stops) {
                boolean over = view.phase().equals("LATCHED") || !view.leaseLive();
                if (over && lived.contains(view.counter())) {
                    return Optional.of(view);
                }
                if (!over) {
                    lived.add(view.counter());
                }
            }
        }
        return Optional.empty();
    }

    private static long millis(long nanos) {
        return nanos / MS;
    }
}
