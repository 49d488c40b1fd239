package io.quorumfence.agent.api;

import io.quorumfence.model.ReplyId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.RequestObservation;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
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

    private record Entry(String path, Consumer<Answer> answered, Rendering rendering, long timer) {}

    private final Vertx vertx;
    private final Consumer<Observation> inbox;
    private final Map<ReplyId, Entry> entries = new HashMap<>();
    private long lastId;

    Waiting(Vertx vertx, Consumer<Observation> inbox) {
        this.vertx = vertx;
        this.inbox = inbox;
    }

    void ask(RoutingContext request, Duration deadline, Question question, Rendering rendering) {
        ask(request, deadline, question, rendering, answer -> {});
    }

    /** @param beside is told the answer, too */
    void ask(
            RoutingContext request,
            Duration deadline,
            Question question,
            Rendering rendering,
            Consumer<Answer> beside) {
        ask(request.normalizedPath(), deadline, question, rendering, answer -> {
            beside.accept(answer);
            Replies.send(request, answer);
        });
    }

    /** Puts many questions at once; the answer to each is given in their order, with its status, when all are there. */
    void askAll(
            RoutingContext request,
            Duration deadline,
            List<Question> questions,
            Rendering rendering,
            BiConsumer<Integer, Answer> beside) {
        JsonObject[] results = new JsonObject[questions.size()];
        int[] open = {questions.size()};
        for (int i = 0; i < questions.size(); i++) {
            int place = i;
            ask(request.normalizedPath(), deadline, questions.get(i), rendering, answer -> {
                beside.accept(place, answer);
                results[place] = new JsonObject().put("status", answer.status()).put("body", answer.body());
                if (--open[0] == 0) {
                    JsonArray all = new JsonArray();
                    Arrays.stream(results).forEach(all::add);
                    Replies.send(request, Answer.ok(new JsonObject().put("results", all)));
                }
            });
        }
    }

    private void ask(
            String path, Duration deadline, Question question, Rendering rendering, Consumer<Answer> answered) {
        if (entries.size() >= WAITING_MAX) {
            answered.accept(Problem.busy(entries.size()).answer());
            return;
        }
        ReplyId id = new ReplyId(++lastId);
        RequestObservation observation;
        try {
            observation = question.as(id);
        } catch (MalformedJson e) {
            answered.accept(Problem.badRequest(String.valueOf(e.getMessage())).answer());
            return;
        }
        long timer = vertx.setTimer(deadline.toMillis(), ignored -> expire(id, deadline));
        entries.put(id, new Entry(path, answered, rendering, timer));
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
        entry.answered.accept(answer(entry, reply));
    }

    private static Answer answer(Entry entry, ReplyCommand reply) {
        if (reply instanceof ReplyCommand.ReplyRefused refused) {
            return Problem.refused(refused.code(), refused.detail(), refused.retryable())
                    .answer();
        }
        return entry.rendering.of(reply).orElseGet(() -> {
            LOG.error(
                    "the core answered {} with a {}",
                    entry.path,
                    reply.getClass().getSimpleName());
            return Problem.internal().answer();
        });
    }

    private void expire(ReplyId id, Duration deadline) {
        Entry entry = entries.remove(id);
        if (entry != null) {
            entry.answered.accept(Problem.noAnswerInTime(deadline.toMillis()).answer());
        }
    }
}
