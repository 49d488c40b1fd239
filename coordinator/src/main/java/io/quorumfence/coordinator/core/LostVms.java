package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.CellView.Sight;
import io.quorumfence.coordinator.core.status.HostView;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.coordinator.core.status.RecordView.RecordHost;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The VMs that a host had when it fell silent: those in the newest beats of its newest life, and those whose permit for
 * it stands in the record. Only for asking: each of them is judged like any other.
 *
 * @param code why there is no such list, empty when there is
 */
public record LostVms(String code, String text, List<VmId> vms) {
    public LostVms {
        vms = List.copyOf(vms);
    }

    public static LostVms of(HostId host, CellView view) {
        if (view.answering(host).isPresent()) {
            return no(
                    "host-answers",
                    "the agent of host " + host + " answers: it has not lost its VMs; name the VMs"
                            + " that shall move, and each is judged by itself");
        }
        long counter = newestCounter(host, view);
        List<HostView> beats = view.sightsOf(host).stream()
                .map(Sight::view)
                .filter(seen -> counter > 0 && seen.counter() == counter)
                .toList();
        if (beats.isEmpty()) {
            return no(
                    "vm-list-unknown",
                    "no agent that answers has read a beat of the newest life of host " + host + "; name its VMs");
        }
        Optional<HostView> cut =
                beats.stream().filter(beat -> !beat.vms().complete()).findFirst();
        if (cut.isPresent()) {
            return no(
                    "vm-list-cut",
                    "the newest beat of host " + host + " names "
                            + cut.get().vms().vms().size() + " VMs and says that there are more; name its VMs");
        }
        Set<VmId> vms = new TreeSet<>();
        beats.forEach(beat -> vms.addAll(beat.vms().vms()));
        view.record().ifPresent(record -> vms.addAll(permitted(host, counter, record)));
        return new LostVms("", "", new ArrayList<>(vms));
    }

    private static Set<VmId> permitted(HostId host, long counter, RecordView record) {
        Set<VmId> vms = new LinkedHashSet<>();
        record.permits().stream()
                .filter(permit -> permit.destination().equals(host)
                        && permit.destinationCounter() == counter
                        && permit.stage() != PermitStage.ENDED)
                .forEach(permit -> vms.add(permit.vm()));
        return vms;
    }

    private static long newestCounter(HostId host, CellView view) {
        long joined = view.record()
                .flatMap(record -> record.host(host))
                .map(RecordHost::counter)
                .orElse(0L);
        return view.sightsOf(host).stream()
                .mapToLong(sight -> sight.view().counter())
                .reduce(joined, Math::max);
    }

    private static LostVms no(String code, String text) {
        return new LostVms(code, text, List.of());
    }
}
