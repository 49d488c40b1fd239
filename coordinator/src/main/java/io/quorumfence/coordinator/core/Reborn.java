package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.Basis.HostWord;
import io.quorumfence.coordinator.core.CellView.Sight;
import io.quorumfence.coordinator.core.Finding.AskPermit;
import io.quorumfence.coordinator.core.status.AgentPhase;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.coordinator.core.status.RecordView.RecordHost;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A kernel boot of the last host since the VM was last known there: no process outlives one. */
final class Reborn {
    private Reborn() {}

    /**
     * The host booted anew and joined, its beats arrive, and only the coordinator cannot reach it. The boot ended the
     * VM; the complete list in a beat of the new life, the boot barrier and the record's permits say that none came
     * back.
     */
    static Optional<Finding> unheard(StartRequest request, CellView view, RecordView record) {
        HostId host = request.question().lastHost();
        VmId vm = request.question().vm();
        RecordHost life = record.host(host).orElse(null);
        UUID bootId = life == null ? null : life.bootId();
        if (life == null || bootId == null || life.gone() || !wasThereBefore(bootId, request, view)) {
            return Optional.empty();
        }
        List<Sight> ofLife = view.sightsOf(host).stream()
                .filter(sight -> sight.view().counter() == life.counter()
                        && !sight.view().suspected()
                        && isFresh(sight, request, view)
                        && bootId.equals(sight.view().bootId()))
                .toList();
        boolean absent = !ofLife.isEmpty()
                && ofLife.stream()
                        .allMatch(sight -> sight.view().phase() == AgentPhase.JOINED
                                && sight.view().vms().complete()
                                && !sight.view().vms().names(vm));
        if (!absent) {
            return Optional.empty();
        }
        List<Evidence> evidence = new ArrayList<>();
        ofLife.forEach(sight -> evidence.add(Evidence.of(
                sight.observer().value(),
                host,
                "read a beat of its life " + life.counter() + ", after a new kernel boot; its complete list has no VM "
                        + vm)));
        evidence.addAll(Signs.lastSeen(host, view));
        HostWord basis = new HostWord(host, life.counter(), bootId, Rung.REBORN);
        return Optional.of(new AskPermit(basis, LastHost.grantors(request, view), evidence));
    }

    /** The observer saw a beat of it after the question came: an old list says nothing of what came since. */
    private static boolean isFresh(Sight sight, StartRequest request, CellView view) {
        Long ageMs = sight.view().storageAgeMs();
        return ageMs != null && sight.notBeforeNs(ageMs) > request.askedNs();
    }

    /** Whether the VM was last known there under another kernel boot than this one. */
    static boolean wasThereBefore(UUID bootId, StartRequest request, CellView view) {
        HostId host = request.question().lastHost();
        VmId vm = request.question().vm();
        CellState.Sighting known = view.state().lastKnown().get(vm);
        boolean remembered =
                known != null && known.host().equals(host) && !known.bootId().equals(bootId);
        return remembered
                || view.sightsOf(host).stream()
                        .map(Sight::view)
                        .anyMatch(seen -> seen.bootId() != null
                                && !seen.bootId().equals(bootId)
                                && seen.vms().names(vm));
    }
}
