package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.AgentReport.Unreadable;
import io.quorumfence.coordinator.core.Finding.HasPermit;
import io.quorumfence.coordinator.core.Finding.No;
import io.quorumfence.coordinator.core.Finding.NotYet;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges one request on one view of its cell. The checks run in this order, the first that objects answers:
 *
 * <pre>
 * hosts known -> siblings, where the cell asks for them
 * -> some agent answers -> every answer readable -> record known -> this request's own permit
 * -> VM not protected
 * -> VM seen elsewhere -> somebody else's permit -> a silent host that may have it -> destination fit -> last host
 * </pre>
 *
 * Whatever is missing or unreadable refuses (I8); only the last check can lead to a permit.
 */
final class Judge {
    private final GatePolicy policy;

    Judge(GatePolicy policy) {
        this.policy = policy;
    }

    Finding judge(StartRequest request, CellView view) {
        Finding found = refusedByRequest(request, view).orElseGet(() -> judgeByRecord(request, view));
        return found instanceof NotYet wait ? bounded(request, view, wait) : found;
    }

    /** No endless PENDING: past its own deadline, or past the longest that any request may wait, it is refused. */
    private Finding bounded(StartRequest request, CellView view, NotYet wait) {
        long capNs = request.askedNs() + policy.pendingMaxNs();
        if (view.nowNs() >= Math.min(wait.deadlineNs(), capNs)) {
            return new No(
                    wait.awaited().whenOver(),
                    wait.text() + "; the time for it is over and nothing was proven",
                    wait.evidence());
        }
        return new NotYet(wait.awaited(), wait.text(), Math.min(wait.deadlineNs(), capNs), wait.evidence());
    }

    private Optional<Finding> refusedByRequest(StartRequest request, CellView view) {
        return strangers(request.question(), view)
                .or(() -> siblingsMissing(request, view))
                .or(() -> nobodyAnswers(view))
                .or(() -> somebodyIsUnreadable(view));
    }

    private Finding judgeByRecord(StartRequest request, CellView view) {
        Optional<RecordView> known = view.record();
        if (known.isEmpty()) {
            return new No(Reason.NO_RECORD, "agents answer, but none of them has read the cell record", silences(view));
        }
        RecordView record = known.get();
        StartQuestion question = request.question();
        return ownPermit(request, record)
                .or(() -> notProtected(question, record))
                .or(() -> Elsewhere.seen(question, view, record))
                .or(() -> foreignPermit(request, record))
                .or(() -> Elsewhere.possible(question, view, record))
                .or(() -> Destination.unfit(request, view, record))
                .orElseGet(() -> new LastHost(policy).judge(request, view, record));
    }

    /** What its host left alone may run on whatever is proven of the host. */
    private static Optional<Finding> notProtected(StartQuestion question, RecordView record) {
        return record.exempt(question.vm())
                .map(entry -> new No(
                        Reason.VM_NOT_PROTECTED,
                        "VM " + entry.vm() + " is of class " + entry.vmClass() + ", by " + entry.by() + ": "
                                + entry.why()
                                + (entry.awaited().isEmpty() ? "" : "; waits for hosts " + entry.awaited()),
                        List.of(Evidence.of(
                                Evidence.RECORD,
                                question.lastHost(),
                                "class " + entry.vmClass() + " in record version " + record.version()))));
    }

    private static Optional<Finding> strangers(StartQuestion question, CellView view) {
        List<HostId> named = new ArrayList<>(List.of(question.lastHost(), question.destination()));
        named.addAll(question.siblings());
        Set<HostId> known = view.hosts();
        return named.stream()
                .filter(host -> !known.contains(host))
                .findFirst()
                .map(stranger -> new No(
                        Reason.UNKNOWN_HOST,
                        "host " + stranger + " is not of cell " + view.state().cell(),
                        List.of(Evidence.of(Evidence.COORDINATOR, stranger, "not in the configured cell"))));
    }

    /** Callers that were written for another policy are told so, instead of being answered on less than it asks. */
    private Optional<Finding> siblingsMissing(StartRequest request, CellView view) {
        boolean missing = request.question().siblings().isEmpty()
                && policy.siblingsRequired().contains(view.state().cell());
        return missing
                ? Optional.of(new No(
                        Reason.SIBLINGS_REQUIRED,
                        "cell " + view.state().cell() + " has siblings: required, and the request names none",
                        List.of()))
                : Optional.empty();
    }

    private static Optional<Finding> nobodyAnswers(CellView view) {
        if (view.hasAgents() || !view.unreadable().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new No(Reason.NO_AGENTS, "no agent of cell " + view.state().cell() + " answers", silences(view)));
    }

    /** An agent that speaks another version may know of the VM what this coordinator cannot read (I8). */
    private static Optional<Finding> somebodyIsUnreadable(CellView view) {
        Map<HostId, Unreadable> bad = view.unreadable();
        if (bad.isEmpty()) {
            return Optional.empty();
        }
        List<Evidence> evidence = bad.entrySet().stream()
                .map(entry -> Evidence.of(
                        Evidence.COORDINATOR, entry.getKey(), entry.getValue().why()))
                .toList();
        Map.Entry<HostId, Unreadable> first = bad.entrySet().iterator().next();
        Reason reason = first.getValue().tooOld() ? Reason.AGENT_TOO_OLD : Reason.AMBIGUOUS;
        String text = "the agent of host " + first.getKey() + " answers, but not usably: "
                + first.getValue().why();
        return Optional.of(new No(reason, text, evidence));
    }

    private static List<Evidence> silences(CellView view) {
        return view.hosts().stream()
                .filter(host -> view.answering(host).isEmpty())
                .map(host -> Evidence.of(Evidence.COORDINATOR, host, "agent does not answer: " + view.silence(host)))
                .toList();
    }

    private static Optional<Finding> ownPermit(StartRequest request, RecordView record) {
        StartQuestion question = request.question();
        return record.permitOf(request.id(), question.vm()).map(permit -> {
            List<Evidence> evidence = List.of(permitEvidence(permit));
            boolean same = permit.destination().equals(question.destination())
                    && permit.lastHost().equals(question.lastHost());
            if (!same) {
                return new No(Reason.PERMIT_EXISTS, describe(permit) + ", not for this request's hosts", evidence);
            }
            return permit.stage() == PermitStage.ENDED
                    ? new No(Reason.PERMIT_ENDED, describe(permit), evidence)
                    : new HasPermit(permit, evidence);
        });
    }

    /** A permit for the last host itself is how the VM came there; any other one may have started it already. */
    private static Optional<Finding> foreignPermit(StartRequest request, RecordView record) {
        StartQuestion question = request.question();
        return record.openPermits(question.vm()).stream()
                .filter(permit -> !permit.destination().equals(question.lastHost()))
                .findFirst()
                .map(permit -> new No(
                        Reason.PERMIT_EXISTS,
                        describe(permit) + " (request " + permit.requestId() + ")",
                        List.of(permitEvidence(permit))));
    }

    private static String describe(PermitView permit) {
        return "permit " + permit.id() + " for host " + permit.destination() + " is " + permit.stage();
    }

    static Evidence permitEvidence(PermitView permit) {
        return Evidence.of(
                Evidence.RECORD,
                permit.destination(),
                "permit " + permit.id() + " " + permit.stage() + " by " + permit.rung() + ", last host "
                        + permit.lastHost());
    }
}
