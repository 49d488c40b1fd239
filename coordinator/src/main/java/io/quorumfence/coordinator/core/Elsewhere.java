package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.CellView.Sight;
import io.quorumfence.coordinator.core.Finding.No;
import io.quorumfence.coordinator.core.status.AgentStatus;
import io.quorumfence.coordinator.core.status.HostView;
import io.quorumfence.coordinator.core.status.OwnVms.OwnVm;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.coordinator.core.status.RecordView.RecordHost;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Whether the VM is, or may be, on another host than the named last one, whatever the caller believes. A host's own
 * recent list counts more than what others read of its beats in the same life; a host that is proven gone has nothing.
 */
final class Elsewhere {
    private Elsewhere() {}

    /** Refuses when somebody has seen the VM on another host. */
    static Optional<Finding> seen(StartQuestion question, CellView view, RecordView record) {
        List<Evidence> evidence = new ArrayList<>();
        for (HostId host : others(question, view)) {
            evidence.addAll(sightings(question.vm(), host, view, record));
        }
        if (evidence.isEmpty()) {
            return Optional.empty();
        }
        Evidence first = evidence.get(0);
        String text = "VM " + question.vm() + " was seen on host " + first.host() + " by " + first.who()
                + ", not on the named last host " + question.lastHost();
        return Optional.of(new No(Reason.VM_SEEN_ELSEWHERE, text, evidence));
    }

    /** Refuses when the list of another host is not known to be complete. */
    static Optional<Finding> possible(StartQuestion question, CellView view, RecordView record) {
        List<Evidence> evidence = others(question, view).stream()
                .flatMap(host -> gap(host, view, record).stream())
                .toList();
        if (evidence.isEmpty()) {
            return Optional.empty();
        }
        Evidence first = evidence.get(0);
        String text = "host " + first.host() + " may have VM " + question.vm() + ": " + first.saw();
        return Optional.of(new No(Reason.SILENT_HOST_MAY_HAVE_IT, text, evidence));
    }

    private static List<HostId> others(StartQuestion question, CellView view) {
        return view.hosts().stream()
                .filter(host -> !host.equals(question.lastHost()))
                .toList();
    }

    private static List<Evidence> sightings(VmId vm, HostId host, CellView view, RecordView record) {
        Optional<AgentStatus> own = view.recent(host);
        List<Evidence> found = new ArrayList<>();
        own.flatMap(status -> status.own().find(vm)).ifPresent(vmThere -> found.add(listed(host, vmThere)));
        if (own.isEmpty() && isProvenGone(host, view, record)) {
            return found;
        }
        long sinceCounter = own.isPresent() ? own.get().counter() + 1 : newestCounter(host, view, record);
        view.sightsOf(host).stream()
                .filter(sight -> sight.view().counter() >= sinceCounter
                        && sight.view().vms().names(vm))
                .forEach(sight -> found.add(beatNames(sight, host)));
        return found;
    }

    private static Evidence listed(HostId host, OwnVm vm) {
        return Evidence.of(host.value(), host, "lists the VM itself: " + vm.state() + ", pid " + vm.pid());
    }

    private static Evidence beatNames(Sight sight, HostId host) {
        return new Evidence(
                sight.observer().value(),
                host,
                "the newest beat it read lists the VM",
                "storage",
                sight.view().storageAgeMs());
    }

    private static Optional<Evidence> gap(HostId host, CellView view, RecordView record) {
        Optional<AgentStatus> own = view.recent(host);
        if (own.isPresent()) {
            return own.get().own().complete()
                    ? Optional.empty()
                    : Optional.of(Evidence.of(host.value(), host, "its agent cannot list all its VMs now"));
        }
        if (isProvenGone(host, view, record)) {
            return Optional.empty();
        }
        long newest = newestCounter(host, view, record);
        Optional<Sight> best = view.sightsOf(host).stream()
                .filter(sight -> newest > 0 && sight.view().counter() == newest)
                .min(Comparator.comparingLong(sight -> age(sight.view())));
        if (best.isEmpty()) {
            return Optional.of(Evidence.of(
                    Evidence.COORDINATOR,
                    host,
                    "its agent does not answer (" + view.silence(host) + ") and nobody has a list of its newest life"));
        }
        Sight sight = best.get();
        return sight.view().vms().complete()
                ? Optional.empty()
                : Optional.of(new Evidence(
                        sight.observer().value(),
                        host,
                        "the newest beat it read has no complete list",
                        "storage",
                        sight.view().storageAgeMs()));
    }

    private static long age(HostView view) {
        Long age = view.storageAgeMs();
        return age == null ? Long.MAX_VALUE : age;
    }

    /** Gone means: proven on the newest life of which anybody knows. A later life that beats is not covered. */
    private static boolean isProvenGone(HostId host, CellView view, RecordView record) {
        return record.provenOnNewestLife(host)
                .filter(claim -> claim.counter() >= newestCounter(host, view, record))
                .isPresent();
    }

    private static long newestCounter(HostId host, CellView view, RecordView record) {
        long joined = record.host(host).map(RecordHost::counter).orElse(0L);
        long beating = view.sightsOf(host).stream()
                .mapToLong(sight -> sight.view().counter())
                .max()
                .orElse(0L);
        return Math.max(joined, beating);
    }
}
