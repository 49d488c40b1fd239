package io.quorumfence.coordinator.core;

import static io.quorumfence.coordinator.core.Evidence.RECORD;

import io.quorumfence.coordinator.core.Finding.No;
import io.quorumfence.coordinator.core.status.AgentPhase;
import io.quorumfence.coordinator.core.status.AgentStatus;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.coordinator.core.status.RecordView.ClaimView;
import io.quorumfence.coordinator.core.status.RecordView.RecordHost;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostId;
import java.util.List;
import java.util.Optional;

/** Whether the destination can take a VM: joined, with a live lease, reachable, not claimed, behind no boot barrier. */
final class Destination {
    private Destination() {}

    static Optional<Finding> unfit(StartRequest request, CellView view, RecordView record) {
        HostId host = request.question().destination();
        // Once the request is pending, one lost poll of the destination must not end it.
        Optional<AgentStatus> status = request.notes().pending() == null ? view.answering(host) : view.recent(host);
        if (status.isEmpty()) {
            return no(host, "its agent does not answer: " + view.silence(host), Evidence.COORDINATOR);
        }
        return unfitByItsWord(host, status.get()).or(() -> unfitByRecord(host, status.get(), record));
    }

    private static Optional<Finding> unfitByItsWord(HostId host, AgentStatus status) {
        if (status.phase() != AgentPhase.JOINED) {
            return no(host, "its life " + status.counter() + " is " + status.phase(), host.value());
        }
        if (!status.lease().live()) {
            return no(host, "its lease is not live", host.value());
        }
        if (status.keeper().latched()) {
            return no(host, "its keeper has latched", host.value());
        }
        if (status.alerts().stream().anyMatch(alert -> alert.code().equals("release-awaited"))) {
            return no(host, "it was fenced and waits for an operator: qf host release " + host, host.value());
        }
        return Optional.empty();
    }

    private static Optional<Finding> unfitByRecord(HostId host, AgentStatus status, RecordView record) {
        Optional<RecordHost> entry = record.host(host);
        if (entry.isEmpty() || entry.get().gone() || entry.get().counter() != status.counter()) {
            String shown = entry.map(known -> "life " + known.counter() + (known.gone() ? ", gone" : ""))
                    .orElse("no life of it");
            return no(host, "its life " + status.counter() + " has not joined: the record shows " + shown, RECORD);
        }
        for (ClaimView claim : record.claims()) {
            boolean stands = claim.stage().isOpen() || claim.stage() == ClaimStage.PROVEN;
            if (claim.suspect().equals(host) && stands && claim.counter() >= status.counter()) {
                return no(host, "claim " + claim.token() + " on it is " + claim.stage(), RECORD);
            }
        }
        return record.openClaims(host).stream()
                .findFirst()
                .map(claim -> new No(
                        Reason.BOOT_BARRIER,
                        "claim " + claim.token() + " on life " + claim.counter() + " of host " + host + " is still "
                                + claim.stage(),
                        List.of(Evidence.of(RECORD, host, "claim " + claim.token() + " " + claim.stage()))));
    }

    private static Optional<Finding> no(HostId host, String why, String who) {
        return Optional.of(new No(
                Reason.DESTINATION_UNFIT, "destination " + host + ": " + why, List.of(Evidence.of(who, host, why))));
    }
}
