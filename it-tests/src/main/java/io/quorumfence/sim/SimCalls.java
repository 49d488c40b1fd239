package io.quorumfence.sim;

import io.quorumfence.model.ReplyId;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.PeerObservation;
import io.quorumfence.model.observation.RequestObservation;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** Questions over HTTP, from peers and gates: at most one answer each, and none after the caller gave up. */
final class SimCalls {
    static final long TIMEOUT_NS = 1_200 * SimCell.MILLI;

    private final SimCell cell;
    private final Map<ReplyId, Consumer<ReplyCommand>> open = new HashMap<>();
    private long replies;

    SimCalls(SimCell cell) {
        this.cell = cell;
    }

    void ask(SimHost asker, PeerCommand.AskOpinion c) {
        peer(
                asker,
                cell.host(c.peer()),
                c.work(),
                id -> new RequestObservation.OpinionAsked(id, asker.id, c.suspect(), c.life()),
                reply -> reply instanceof ReplyCommand.ReplyOpinion o
                        ? new PeerObservation.OpinionGiven(c.peer(), c.work(), o.opinion())
                        : new PeerObservation.PeerCallFailed(c.peer(), c.work(), "refused"));
    }

    void ask(SimHost asker, PeerCommand.AskPromise c) {
        peer(
                asker,
                cell.host(c.peer()),
                c.work(),
                id -> new RequestObservation.PromiseAsked(id, asker.id, c.claim(), c.recordVersion()),
                reply -> reply instanceof ReplyCommand.ReplyPromise p
                        ? new PeerObservation.PromiseGiven(c.peer(), c.work(), p.answer())
                        : new PeerObservation.PeerCallFailed(c.peer(), c.work(), "refused"));
    }

    void ask(SimHost asker, PeerCommand.AskShell c) {
        Consumer<Observation> deliver = deliver(asker);
        // A copy that was stuck on the way: whoever gets it has to see how old it is.
        if (cell.chance(0.2)) {
            cell.time.after(
                    cell.upTo(6_000 * SimCell.MILLI),
                    () -> call(
                            asker.index,
                            cell.host(c.peer()),
                            id -> new RequestObservation.ShellAsked(
                                    id, asker.id, c.attempt(), c.claim(), c.recordVersion(), c.echo(), c.waitNs()),
                            reply -> {}));
        }
        call(
                asker.index,
                cell.host(c.peer()),
                id -> new RequestObservation.ShellAsked(
                        id, asker.id, c.attempt(), c.claim(), c.recordVersion(), c.echo(), c.waitNs()),
                reply -> deliver.accept(
                        reply instanceof ReplyCommand.ReplyShell given
                                ? new PeerObservation.ShellAnswered(c.peer(), c.work(), c.attempt(), given.answer())
                                : new PeerObservation.ShellCallFailed(c.peer(), c.work(), c.attempt(), "no answer")));
    }

    /** To the same process only. */
    private static Consumer<Observation> deliver(SimHost asker) {
        int process = asker.agent.process();
        return what -> asker.after(0, () -> {
            if (asker.agent.process() == process) {
                asker.agent.offer(what);
            }
        });
    }

    private void peer(
            SimHost asker,
            SimHost peer,
            long work,
            Function<ReplyId, RequestObservation> question,
            Function<ReplyCommand, Observation> result) {
        Consumer<Observation> deliver = deliver(asker);
        call(
                asker.index,
                peer,
                question,
                answer -> deliver.accept(
                        answer == null
                                ? new PeerObservation.PeerCallFailed(peer.id, work, "no answer")
                                : result.apply(answer)));
    }

    /** The consumer gets the answer, or null when none came in time; exactly once. */
    void call(
            int from,
            SimHost to,
            Function<ReplyId, RequestObservation> question,
            Consumer<@org.jspecify.annotations.Nullable ReplyCommand> result) {
        ReplyId id = new ReplyId(++replies);
        Consumer<@org.jspecify.annotations.Nullable ReplyCommand> once = once(id, result);
        open.put(id, answer -> cell.network.answer(to.index, from, () -> once.accept(answer)));
        boolean sent = to.powered
                && cell.network.call(from, to.index, () -> {
                    if (to.agent.state() != null) {
                        to.agent.offer(question.apply(id));
                    }
                });
        // Refused connections and unreachable networks are told at once, as a rule; silence is waited out.
        long patience = sent || cell.chance(0.5) ? TIMEOUT_NS : 5 * SimCell.MILLI;
        cell.time.after(patience, () -> once.accept(null));
    }

    /** A question from the same host, over no network: the hook's. */
    void local(
            SimHost host,
            long patienceNs,
            Function<ReplyId, RequestObservation> question,
            Consumer<@org.jspecify.annotations.Nullable ReplyCommand> result) {
        ReplyId id = new ReplyId(++replies);
        Consumer<@org.jspecify.annotations.Nullable ReplyCommand> once = once(id, result);
        open.put(id, answer -> host.after(cell.upTo(SimCell.MILLI), () -> once.accept(answer)));
        RequestObservation asked = question.apply(id);
        host.after(cell.upTo(SimCell.MILLI), () -> {
            if (host.agent.state() != null) {
                host.agent.offer(asked);
            }
        });
        host.after(patienceNs, () -> once.accept(null));
    }

    /** Whatever comes first, an answer or the end of patience; the rest is not heard any more. */
    private Consumer<@org.jspecify.annotations.Nullable ReplyCommand> once(
            ReplyId id, Consumer<@org.jspecify.annotations.Nullable ReplyCommand> result) {
        boolean[] done = {false};
        return answer -> {
            if (!done[0]) {
                done[0] = true;
                open.remove(id);
                result.accept(answer);
            }
        };
    }

    void reply(SimHost host, ReplyCommand command) {
        Consumer<ReplyCommand> answer = open.get(command.reply());
        if (answer != null) {
            answer.accept(command);
        }
    }
}
