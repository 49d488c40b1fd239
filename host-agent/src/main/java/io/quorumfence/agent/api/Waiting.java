package io.quorumfence.agent.api;

import io.quorumfence.model.ReplyId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.RequestObservation;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests that wait for the core, each answered once: by the core or, at its deadline, by "no answer in time".
 * Belongs to one event loop.
 */
final class Waiting {
    static final int WAITING_MAX = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Waiting.class);

    /** Puts a request into the core's words. */
    @FunctionalInterface
    interface Question {
        RequestObservation as(ReplyId reply) throws MalformedJson;
    }

    /** Puts the core's reply into the caller's words; empty when the reply does not belong to the question. */
    @FunctionalInterface
    interface Rendering {
        Optional<Answer> of(ReplyCommand reply);
    }

    private record Entry(RoutingContext request, Rendering rendering, long timer) {}

    private final Vertx vertx;
    private final Consumer<Observation> inbox;
    private final Map<ReplyId, Entry> entries = new HashMap<>();
    private long lastId;

    Waiting(Vertx vertx, Consumer<Observation> inbox) {
        this.vertx = vertx;
        this.inbox = inbox;
    }

    void ask(RoutingContext request, Duration deadline, Question question, Rendering rendering) {
        if (entries.size() >= WAITING_MAX) {
            Replies.send(request, Problem.busy(entries.size()).answer());
            return;
        }
        ReplyId id = new ReplyId(++lastId);
        RequestObservation observation;
        try {
            observation = question.as(id);
        } catch (MalformedJson e) {
            Replies.send(
                    request, Problem.badRequest(String.valueOf(e.getMessage())).answer());
            return;
        }
        long timer = vertx.setTimer(deadline.toMillis(), ignored -> expire(id, deadline));
        entries.put(id, new Entry(request, rendering, timer));
        inbox.accept(observation);
    }

    /** Answers the request, if it still waits. */
    void accept(ReplyCommand reply) {
        Entry entry = entries.remove(reply.reply());
        if (entry == null) {
            LOG.debug("reply {} came after its deadline", reply.reply().value());
            return;
        }
        vertx.cancelTimer(entry.timer);
        Replies.send(entry.request, answer(entry, reply));
    }

    private static Answer answer(Entry entry, ReplyCommand reply) {
        if (reply instanceof ReplyCommand.ReplyRefused refused) {
            return Problem.refused(refused.code(), refused.detail(), refused.retryable())
                    .answer();
        }
        return entry.rendering.of(reply).orElseGet(() -> {
            LOG.error(
                    "the core answered {} with a {}",
                    entry.request.normalizedPath(),
                    reply.getClass().getSimpleName());
            return Problem.internal().answer();
        });
    }

    private void expire(ReplyId id, Duration deadline) {
        Entry entry = entries.remove(id);
        if (entry != null) {
            Replies.send(
                    entry.request, Problem.noAnswerInTime(deadline.toMillis()).answer());
        }
    }
}
