package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.Finding.AskPermit;
import io.quorumfence.coordinator.core.Finding.No;
import io.quorumfence.coordinator.core.PermitAnswer.Decided;
import io.quorumfence.coordinator.core.PermitAnswer.NoAnswer;
import io.quorumfence.coordinator.core.PermitAnswer.NotKnown;
import io.quorumfence.coordinator.core.PermitAnswer.Rejected;
import io.quorumfence.coordinator.core.Stage.Granting;
import io.quorumfence.coordinator.core.StartRequest.Notes;
import io.quorumfence.coordinator.core.Verdict.Allow;
import io.quorumfence.coordinator.core.Verdict.Cancelled;
import io.quorumfence.coordinator.core.Verdict.Refuse;
import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Has a permit decided by one agent after the other. An agent that gives no answer may have decided all the same; the
 * next one finds that out, for the record knows the request id.
 */
final class Grants {
    /** What another agent, or the same one later, may answer otherwise. */
    private static final Set<String> WORTH_ANOTHER_LOOK = Set.of("proof-void", "stale-incarnation");

    private Grants() {}

    static void start(Turn turn, StartRequest request, AskPermit ask) {
        Notes notes = request.notes().granting(turn.nowNs());
        StartRequest noted = request.noting(notes);
        boolean tooLong = turn.nowNs() - notes.grantSinceNs() >= turn.policy().grantNs();
        if (tooLong) {
            turn.close(noted, tooLate(notes, ask.evidence()));
        } else {
            next(turn, noted, ask.basis(), ask.agents(), ask.evidence());
        }
    }

    private static Refuse tooLate(Notes notes, List<Evidence> evidence) {
        Rejected trouble = notes.trouble();
        String why = trouble == null ? "no agent is fit to write it" : trouble.detail();
        Reason reason = trouble == null ? Reason.NO_AGENTS : Reason.ofCode(trouble.code(), Reason.NO_RECORD);
        String doubt = notes.inDoubt()
                ? "; a permit may have been written all the same: asking again with the same request id finds out"
                : "";
        return new Refuse(reason, "absence is shown, but no permit could be written in time: " + why + doubt, evidence);
    }

    private static void next(
            Turn turn, StartRequest request, Basis basis, List<HostId> agents, List<Evidence> evidence) {
        if (agents.isEmpty()) {
            turn.waitAndRetry(request, Awaited.PERMIT, "the permit is not written yet");
            return;
        }
        CellId cell = Objects.requireNonNull(request.cell());
        long call = turn.nextCall();
        List<HostId> left = agents.subList(1, agents.size());
        turn.put(request.at(new Granting(call, turn.nowNs(), basis, left, evidence)));
        turn.say(new GateCommand.AskPermit(
                request.id(),
                call,
                cell,
                agents.get(0),
                request.question(),
                basis,
                turn.policy().permitTtlMs()));
    }

    static void answered(Turn turn, StartRequest request, Granting granting, PermitAnswer answer) {
        if (answer instanceof Decided decided) {
            decided(turn, request, granting, decided.permit());
        } else if (answer instanceof Rejected no && !no.retryable() && !WORTH_ANOTHER_LOOK.contains(no.code())) {
            turn.close(request, refusedByRecord(no, granting.evidence()));
        } else if (answer instanceof Rejected no && WORTH_ANOTHER_LOOK.contains(no.code())) {
            // The last host has another life than the proof speaks of: what was learnt of it is void.
            Notes notes = request.notes().withoutWord().troubled(Reason.AMBIGUOUS.code(), no.detail(), false);
            turn.waitAndRetry(request.noting(notes), Awaited.PERMIT, no.detail());
        } else {
            StartRequest noted = request.noting(troubled(request.notes(), answer));
            next(turn, noted, granting.basis(), granting.left(), granting.evidence());
        }
    }

    private static Notes troubled(Notes notes, PermitAnswer answer) {
        if (answer instanceof Rejected no) {
            return notes.troubled(no.code(), no.detail(), false);
        }
        if (answer instanceof NotKnown old) {
            return notes.troubled(Reason.AGENT_TOO_OLD.code(), old.why(), false);
        }
        NoAnswer none = (NoAnswer) answer;
        return notes.troubled(Reason.NO_RECORD.code(), none.why(), none.mayHaveBeenDone());
    }

    private static Refuse refusedByRecord(Rejected no, List<Evidence> evidence) {
        Reason reason = Reason.ofCode(no.code(), Reason.AMBIGUOUS);
        String text = reason.code().equals(no.code()) ? no.detail() : no.code() + ": " + no.detail();
        return new Refuse(reason, "the record refused the permit: " + text, evidence);
    }

    private static void decided(Turn turn, StartRequest request, Granting granting, PermitView permit) {
        StartQuestion question = request.question();
        boolean fits = permit.vm().equals(question.vm())
                && permit.requestId().equals(request.id())
                && permit.destination().equals(question.destination())
                && permit.lastHost().equals(question.lastHost());
        if (!fits) {
            turn.close(
                    request,
                    new Refuse(
                            Reason.AMBIGUOUS,
                            "an agent answered with permit " + permit.id() + ", which is not for this request",
                            granting.evidence()));
        } else if (permit.stage() == PermitStage.ENDED) {
            turn.close(
                    request,
                    new Refuse(Reason.PERMIT_ENDED, "permit " + permit.id() + " is ENDED", granting.evidence()));
        } else {
            allow(turn, request, permit, granting.evidence());
        }
    }

    static void allow(Turn turn, StartRequest request, PermitView permit, List<Evidence> before) {
        List<Evidence> evidence = new ArrayList<>(before);
        Evidence own = Judge.permitEvidence(permit);
        if (!evidence.contains(own)) {
            evidence.add(own);
        }
        turn.close(request, new Allow(permit, turn.policy().permitTtlMs(), evidence));
        StartQueue.given(turn, request, permit);
    }

    /** Ends a permit that came to light after its request was cancelled, so that nobody can redeem it. */
    static void endUnwanted(Turn turn, StartRequest request, PermitView permit) {
        CellId cell = request.cell();
        if (cell == null || !(request.shown() instanceof Cancelled)) {
            return;
        }
        turn.put(request.noting(request.notes().doubt(false)));
        if (permit.stage() == PermitStage.GRANTED) {
            turn.say(new GateCommand.EndPermit(
                    request.id(),
                    turn.nextCall(),
                    cell,
                    permit.destination(),
                    permit.id(),
                    "its request was cancelled"));
        }
    }

    /** Ending it did not work: the next status that shows the permit tries again. */
    static void endFailed(Turn turn, StartRequest request, PermitAnswer answer) {
        boolean retry = answer instanceof NoAnswer || (answer instanceof Rejected no && no.retryable());
        if (retry && request.shown() instanceof Cancelled) {
            turn.put(request.noting(request.notes().doubt(true)));
        }
    }

    static void apply(Turn turn, StartRequest request, Finding found) {
        if (found instanceof No no) {
            turn.close(request, new Refuse(no.reason(), no.text(), no.evidence()));
        } else if (found instanceof Finding.NotYet wait) {
            turn.pend(request, wait);
        } else if (found instanceof Finding.HasPermit has) {
            allow(turn, request, has.permit(), has.evidence());
        } else if (found instanceof Finding.AskHost ask) {
            turn.askHost(request, ask.host());
        } else if (found instanceof AskPermit ask) {
            turn.wantPermit(request, ask);
        }
    }
}
