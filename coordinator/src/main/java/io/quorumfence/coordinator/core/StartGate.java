package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.GateCommand.Attach;
import io.quorumfence.coordinator.core.GateCommand.EndPermit;
import io.quorumfence.coordinator.core.GateCommand.TurnAway;
import io.quorumfence.coordinator.core.GateObservation.BatchAsked;
import io.quorumfence.coordinator.core.GateObservation.CancelAsked;
import io.quorumfence.coordinator.core.GateObservation.EndAnswered;
import io.quorumfence.coordinator.core.GateObservation.HostAnswered;
import io.quorumfence.coordinator.core.GateObservation.PermitAnswered;
import io.quorumfence.coordinator.core.GateObservation.StartAsked;
import io.quorumfence.coordinator.core.GateObservation.StatusSeen;
import io.quorumfence.coordinator.core.Stage.AskingHost;
import io.quorumfence.coordinator.core.Stage.Closed;
import io.quorumfence.coordinator.core.Stage.Ending;
import io.quorumfence.coordinator.core.Stage.Granting;
import io.quorumfence.coordinator.core.Verdict.Allow;
import io.quorumfence.coordinator.core.Verdict.Cancelled;
import io.quorumfence.coordinator.core.Verdict.Refuse;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import java.util.List;
import java.util.Optional;

/**
 * The start gate: one request, one answer with its evidence. Pure; the shell calls {@link #step} from one thread.
 * ALLOW and an explicit cancel are sticky; every other answer is found anew when the request is asked again. The gate
 * writes nothing but permits, and a permit is the last thing it does for a request.
 */
public final class StartGate {
    private StartGate() {}

    /**
     * Decides.
     *
     * @param nowNs the coordinator's monotonic clock, never going back between steps
     */
    public static GateStep step(GateState state, GateObservation seen, long nowNs) {
        Turn turn = new Turn(state, nowNs);
        if (seen instanceof StatusSeen status) {
            statusSeen(turn, status);
        } else if (seen instanceof StartAsked asked) {
            startAsked(turn, asked);
            turn.judgeDue();
        } else if (seen instanceof BatchAsked batch) {
            batch.asked().forEach(asked -> startAsked(turn, asked));
            turn.judgeDue();
        } else if (seen instanceof CancelAsked asked) {
            cancelAsked(turn, asked);
        } else if (seen instanceof HostAnswered answered) {
            hostAnswered(turn, answered);
        } else if (seen instanceof PermitAnswered answered) {
            permitAnswered(turn, answered);
        } else if (seen instanceof EndAnswered answered) {
            turn.request(answered.id()).ifPresent(request -> endAnswered(turn, request, answered));
        } else {
            turn.timerFired();
            turn.judgeDue();
        }
        return turn.done();
    }

    private static void statusSeen(Turn turn, StatusSeen seen) {
        turn.cell(seen.cell()).ifPresent(cell -> turn.put(cell.with(seen.host(), seen.report())));
        endDoubtfulPermits(turn, seen.cell());
        turn.judgeDue();
    }

    private static void startAsked(Turn turn, StartAsked asked) {
        Optional<StartRequest> known = turn.request(asked.id());
        if (known.isPresent()) {
            askedAgain(turn, asked, known.get());
            return;
        }
        if (turn.openRequests() >= turn.policy().requestsMax()) {
            turn.say(new TurnAway(asked.asker(), "too-many-requests", "too many requests are pending", true));
            return;
        }
        open(turn, asked.id(), asked.question(), 1);
        turn.say(new Attach(asked.asker(), asked.id()));
    }

    private static void askedAgain(Turn turn, StartAsked asked, StartRequest known) {
        if (!known.question().isSameAs(asked.question())) {
            String text = "request id " + asked.id() + " was used for VM "
                    + known.question().vm() + " from " + known.question().lastHost() + " to "
                    + known.question().destination();
            turn.say(new TurnAway(asked.asker(), "request-id-conflict", text, false));
            return;
        }
        if (known.stage() instanceof Closed closed && closed.verdict() instanceof Refuse) {
            open(turn, known.id(), asked.question(), known.round() + 1);
        } else if (!known.isClosed()) {
            turn.put(known.asking(asked.question()));
        }
        turn.say(new Attach(asked.asker(), asked.id()));
    }

    private static void open(Turn turn, String id, StartQuestion question, int round) {
        Optional<CellId> cell = Placement.cellOf(question, turn.cells());
        long untilNs = turn.nowNs() + turn.policy().gatherNs();
        StartRequest fresh = StartRequest.opened(id, question, cell.orElse(null), round, untilNs, turn.nowNs());
        StartRequest request = fresh.noting(fresh.notes()
                .knowing(cell.flatMap(turn::cell)
                        .map(known -> known.lastKnown().get(question.vm()))
                        .orElse(null)));
        turn.put(request);
        turn.tell(new GateEvent.RequestOpened(request));
        if (cell.isEmpty()) {
            turn.close(request, Placement.refusal(question, turn.cells()));
        }
    }

    private static void cancelAsked(Turn turn, CancelAsked asked) {
        Optional<StartRequest> known = turn.request(asked.id());
        if (known.isEmpty()) {
            turn.say(new TurnAway(asked.asker(), "unknown-request", "no request has id " + asked.id(), false));
            return;
        }
        StartRequest request = known.get();
        if (request.stage() instanceof Ending) {
            turn.say(new TurnAway(asked.asker(), "cancel-in-progress", "the permit is being ended", true));
        } else if (request.stage() instanceof Closed closed && closed.verdict() instanceof Allow allow) {
            endNext(turn, request, allow, asked.asker(), closed.tookNs(), turn.enders(request, allow));
        } else if (request.stage() instanceof Closed closed && closed.verdict() instanceof Cancelled) {
            turn.say(new Attach(asked.asker(), asked.id()));
        } else {
            // A permit that is being written now is ended as soon as somebody shows it.
            boolean inDoubt = request.notes().inDoubt() || request.stage() instanceof Granting;
            StartRequest marked = request.noting(request.notes().doubt(inDoubt));
            turn.close(marked, new Cancelled("cancelled by the caller; nothing was changed"));
            turn.say(new Attach(asked.asker(), asked.id()));
        }
    }

    private static void endNext(
            Turn turn, StartRequest request, Allow allow, long asker, long tookNs, List<HostId> agents) {
        if (agents.isEmpty() || request.cell() == null) {
            turn.put(request.at(new Closed(allow, tookNs)));
            turn.say(new TurnAway(asker, "not-ended", "no agent could end the permit; it still stands", true));
            return;
        }
        long call = turn.nextCall();
        List<HostId> left = agents.subList(1, agents.size());
        turn.put(request.at(new Ending(call, turn.nowNs(), asker, allow, tookNs, left)));
        turn.say(new EndPermit(
                request.id(),
                call,
                request.cell(),
                agents.get(0),
                allow.permit().id(),
                "cancelled by the caller"));
    }

    private static void endAnswered(Turn turn, StartRequest request, EndAnswered answered) {
        if (!(request.stage() instanceof Ending ending) || ending.call() != answered.call()) {
            Grants.endFailed(turn, request, answered.answer());
            return;
        }
        if (answered.answer() instanceof PermitAnswer.Decided) {
            turn.close(
                    request,
                    new Cancelled("cancelled by the caller; permit "
                            + ending.allow().permit().id() + " is ended"));
            turn.say(new Attach(ending.asker(), request.id()));
        } else if (answered.answer() instanceof PermitAnswer.Rejected no && !no.retryable()) {
            turn.put(request.at(new Closed(ending.allow(), ending.tookNs())));
            turn.say(new TurnAway(ending.asker(), no.code(), no.detail(), false));
        } else {
            endNext(turn, request, ending.allow(), ending.asker(), ending.tookNs(), ending.left());
        }
    }

    private static void hostAnswered(Turn turn, HostAnswered answered) {
        Optional<StartRequest> found = turn.request(answered.id());
        boolean current = found.isPresent()
                && found.get().stage() instanceof AskingHost asking
                && asking.call() == answered.call();
        if (current) {
            StartRequest request = found.get();
            if (answered.answer() instanceof HostAnswer.NotAsked busy) {
                turn.waitAndRetry(request, Awaited.AGENTS, "the last host has not been asked yet: " + busy.why());
                return;
            }
            StartRequest told = request.noting(request.notes().said(answered.answer(), turn.nowNs()));
            turn.put(told);
            if (answered.answer() instanceof HostAnswer.NoAnswer none) {
                turn.waitAndRetry(told, Awaited.AGENTS, "the last host's agent did not answer: " + none.why());
            } else {
                turn.judge(told);
            }
        }
    }

    private static void permitAnswered(Turn turn, PermitAnswered answered) {
        turn.request(answered.id()).ifPresent(request -> {
            if (request.stage() instanceof Granting granting && granting.call() == answered.call()) {
                Grants.answered(turn, request, granting, answered.answer());
            } else if (answered.answer() instanceof PermitAnswer.Decided decided) {
                Grants.endUnwanted(turn, request, decided.permit());
            }
        });
    }

    /** A cancelled request may turn out to have a permit after all; nobody shall be able to redeem it. */
    private static void endDoubtfulPermits(Turn turn, CellId cell) {
        for (StartRequest request : turn.doubtful(cell)) {
            turn.view(cell)
                    .record()
                    .flatMap(record ->
                            record.permitOf(request.id(), request.question().vm()))
                    .ifPresent(permit -> Grants.endUnwanted(turn, request, permit));
        }
    }
}
