package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.model.HostId;
import java.util.List;

/** What judging a request once came to: an answer, or the question that has to be put next. */
sealed interface Finding {

    /** The answer is no. */
    record No(Reason reason, String text, List<Evidence> evidence) implements Finding {}

    /** Wait until the deadline. */
    record NotYet(Awaited awaited, String text, long deadlineNs, List<Evidence> evidence) implements Finding {}

    /** The record already holds this request's permit. */
    record HasPermit(PermitView permit, List<Evidence> evidence) implements Finding {}

    /** Ask the last host itself whether the VM is there. */
    record AskHost(HostId host, List<Evidence> evidence) implements Finding {}

    /** Have the permit decided, by the first of these agents that can. */
    record AskPermit(Basis basis, List<HostId> agents, List<Evidence> evidence) implements Finding {}
}
