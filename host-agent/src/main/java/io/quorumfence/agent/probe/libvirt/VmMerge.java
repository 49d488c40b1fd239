package io.quorumfence.agent.probe.libvirt;

import io.quorumfence.model.VmId;
import io.quorumfence.model.VmSeen;
import io.quorumfence.model.observation.LocalObservation.VmsListed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes one list of what the process table and libvirt say. Pure. The list is their union: either may know a VM that
 * the other does not. A source that gave no answer leaves its last one standing in and the list incomplete.
 */
final class VmMerge {
    private static final Comparator<VmSeen> ORDER =
            Comparator.comparing(VmSeen::vm).thenComparing(VmSeen::pid);

    private ProcessScan lastScan = new ProcessScan(List.of(), false, false, "not looked yet");
    private DomainList lastDomains = DomainList.unknown("not asked yet");

    /** Remembers an answer, a late one too. */
    void remember(ProcessScan scan) {
        lastScan = scan;
    }

    void remember(DomainList domains) {
        if (domains.complete()) {
            lastDomains = domains;
        }
    }

    /** @param scan and domains: empty when there was no answer in time */
    VmsListed merge(Optional<ProcessScan> scan, Optional<DomainList> domains, long question) {
        ProcessScan processes = scan.orElse(lastScan);
        boolean libvirtAnswered = domains.isPresent() && domains.get().complete();
        DomainList active = libvirtAnswered ? domains.get() : lastDomains;
        Map<VmId, DomainSeen> byVm = new HashMap<>();
        active.domains().forEach(domain -> byVm.put(domain.vm(), domain));

        List<VmSeen> vms = new ArrayList<>();
        Set<VmId> withProcess = new HashSet<>();
        boolean inFlight = processes.starting();
        for (QemuProcess process : processes.vms()) {
            withProcess.add(process.vm());
            DomainSeen domain = byVm.get(process.vm());
            inFlight |= domain == null && process.incoming();
            vms.add(seen(process, domain));
        }
        for (DomainSeen domain : active.domains()) {
            inFlight |= domain.inFlight();
            // Without a process: being started, or just ended. Of an old list only what still has a process is shown,
            // for the list is incomplete anyway.
            if (libvirtAnswered && !withProcess.contains(domain.vm())) {
                vms.add(new VmSeen(domain.vm(), domain.name(), 0, 0, domain.state()));
            }
        }
        vms.sort(ORDER);
        boolean complete = scan.isPresent() && processes.complete() && libvirtAnswered;
        return new VmsListed(vms, complete, inFlight, question);
    }

    private static VmSeen seen(QemuProcess process, @Nullable DomainSeen domain) {
        String name = domain == null || domain.name().isEmpty() ? process.name() : domain.name();
        String state = domain == null ? DomainStates.PROCESS_ONLY : domain.state();
        return new VmSeen(
                process.vm(),
                name,
                process.pid(),
                process.startTicks(),
                process.exiting() ? DomainStates.EXITING : state);
    }
}
