package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.Basis.HostWord;
import io.quorumfence.coordinator.core.Basis.Proven;
import io.quorumfence.coordinator.core.Finding.AskHost;
import io.quorumfence.coordinator.core.Finding.AskPermit;
import io.quorumfence.coordinator.core.Finding.No;
import io.quorumfence.coordinator.core.Finding.NotYet;
import io.quorumfence.coordinator.core.HostAnswer.NoAnswer;
import io.quorumfence.coordinator.core.HostAnswer.NotKnown;
import io.quorumfence.coordinator.core.HostAnswer.Said;
import io.quorumfence.coordinator.core.status.AgentStatus;
import io.quorumfence.coordinator.core.status.OwnVms.OwnVm;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.coordinator.core.status.RecordView.ClaimView;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** What is known of the last host: only a proven claim or its own word leads to a permit. */
final class LastHost {
    private static final int WORD_TRIES = 3;

    private final GatePolicy policy;

    LastHost(GatePolicy policy) {
        this.policy = policy;
    }

    Finding judge(StartRequest request, CellView view, RecordView record) {
        HostId host = request.question().lastHost();
        VmId vm = request.question().vm();
        Optional<AgentStatus> own = view.answering(host);
        // Its own list speaks first: not even a proven claim is worth more than a VM that is there to see.
        Optional<OwnVm> there = own.flatMap(status -> status.own().find(vm));
        if (there.isPresent()) {
            return vmPresent(host, vm, there.get());
        }
        Optional<ClaimView> proven = record.provenOnNewestLife(host);
        if (proven.isPresent()) {
            return byClaim(request, view, proven.get());
        }
        if (own.isPresent()) {
            return byWord(request, view, own.get());
        }
        return Reborn.unheard(request, view, record)
                .orElseGet(() -> new SilentHost(policy).judge(request, view, record));
    }

    private static Finding vmPresent(HostId host, VmId vm, OwnVm there) {
        return new No(
                Reason.HOST_ALIVE,
                "vm-present: host " + host + " lists VM " + vm + " itself",
                List.of(Evidence.of(host.value(), host, "lists the VM: " + there.state() + ", pid " + there.pid())));
    }

    private static Finding byClaim(StartRequest request, CellView view, ClaimView claim) {
        HostId host = request.question().lastHost();
        List<Evidence> evidence = new ArrayList<>();
        HostId claimer = claim.claimer();
        String by = Objects.requireNonNullElse(claim.rung(), "an unnamed rung")
                + (claim.level() == null ? "" : " (" + claim.level() + ")");
        evidence.add(Evidence.of(
                claimer == null ? Evidence.RECORD : claimer.value(),
                host,
                "claim " + claim.token() + " on life " + claim.counter() + " PROVEN by " + by + ": "
                        + claim.evidence()));
        evidence.addAll(Signs.lastSeen(host, view));
        return new AskPermit(new Proven(claim.token()), grantors(request, view), evidence);
    }

    private Finding byWord(StartRequest request, CellView view, AgentStatus own) {
        HostId host = own.host();
        if (own.phase().isArriving()) {
            return new NotYet(
                    Awaited.JOIN,
                    "host " + host + " is up, and its new life is " + own.phase(),
                    request.askedNs() + policy.joinNs(),
                    List.of(Evidence.of(host.value(), host, "answers, phase " + own.phase())));
        }
        HostAnswer word = request.notes().word();
        if (word instanceof Said said && isOfThisLife(said, own) && isFresh(request, view)) {
            return byWordSaid(request, view, own, said);
        }
        if (word instanceof NotKnown old) {
            return new No(
                    Reason.AGENT_TOO_OLD,
                    "the agent of host " + host + " does not know the question after a VM; upgrade it first",
                    List.of(Evidence.of(Evidence.COORDINATOR, host, old.why())));
        }
        if (word instanceof NoAnswer none && request.notes().wordFailures() >= WORD_TRIES) {
            return new No(
                    Reason.AMBIGUOUS,
                    "host " + host + " shows its status, but " + WORD_TRIES + " questions after the VM got no answer",
                    List.of(Evidence.of(Evidence.COORDINATOR, host, none.why())));
        }
        return new AskHost(host, List.of());
    }

    private static boolean isOfThisLife(Said said, AgentStatus own) {
        return said.host().equals(own.host())
                && said.counter() == own.counter()
                && said.bootId().equals(own.bootId());
    }

    private boolean isFresh(StartRequest request, CellView view) {
        return view.nowNs() - request.notes().wordNs() <= policy.absenceNs();
    }

    private static Finding byWordSaid(StartRequest request, CellView view, AgentStatus own, Said said) {
        HostId host = said.host();
        List<Evidence> evidence = List.of(Evidence.of(
                host.value(),
                host,
                "asked for the VM, says " + said.word().name().toLowerCase(Locale.ROOT) + ": " + said.reason()));
        return switch (said.word()) {
            case ABSENT -> {
                boolean before = Reborn.wasThereBefore(own.bootId(), request, view);
                Rung rung = before ? Rung.REBORN : Rung.HOST_SAYS;
                yield new AskPermit(
                        new HostWord(host, said.counter(), said.bootId(), rung), grantors(request, view), evidence);
            }
            case PRESENT ->
                new No(
                        Reason.HOST_ALIVE,
                        "vm-present: host " + host + " says that VM "
                                + request.question().vm() + " is there",
                        evidence);
            case UNKNOWN ->
                new No(
                        Reason.AMBIGUOUS,
                        "host " + host + " cannot say whether VM "
                                + request.question().vm() + " is there: " + said.reason(),
                        evidence);
        };
    }

    /** Who may have the permit decided: the destination first, then the caller's siblings, then any fit agent. */
    static List<HostId> grantors(StartRequest request, CellView view) {
        StartQuestion question = request.question();
        List<HostId> order = new ArrayList<>(List.of(question.destination()));
        order.addAll(question.siblings());
        order.addAll(view.hosts());
        return order.stream()
                .distinct()
                .filter(host -> view.recent(host).filter(AgentStatus::isFit).isPresent())
                .toList();
    }
}
