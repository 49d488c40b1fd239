package io.quorumfence.agent.shell;

import io.quorumfence.model.event.JournalEvent;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets a command pass when every event appended before it is on disk, at once if nothing is pending. A flush that takes
 * longer than {@link #PATIENCE_MS} counts as failed for the commands that wait; they are not carried out later. Event
 * loop of the agent only.
 */
final class FlushGate {
    static final long PATIENCE_MS = 500;
    /** What a self-fence waits for its reason to be on disk; T_act is 200 ms at least. */
    static final long REASON_MS = 100;

    private final Vertx vertx;
    private final Context context;
    private final EventLog log;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private @Nullable CompletionStage<Void> newest;

    FlushGate(Vertx vertx, Context context, EventLog log) {
        this.vertx = vertx;
        this.context = context;
        this.log = log;
    }

    /** Somebody at the gate: what they wait for, and what to do then. */
    private static final class Waiting {
        private final CompletableFuture<Void> flushed;
        private final Runnable go;
        private final Consumer<String> refuse;
        private boolean patient = true;
        private long timer;

        private Waiting(CompletableFuture<Void> flushed, Runnable go, Consumer<String> refuse) {
            this.flushed = flushed;
            this.go = go;
            this.refuse = refuse;
        }
    }

    void append(List<JournalEvent> events, long nowNs) {
        if (!events.isEmpty()) {
            newest = log.append(events, nowNs);
        }
    }

    /**
     * Runs {@code go} once flushed, else {@code refuse} with one line why; exactly one of them, on the event loop, and
     * in the order of the calls: what a later step stores must not be overtaken by what an earlier one did.
     */
    void pass(Runnable go, Consumer<String> refuse) {
        CompletableFuture<Void> pending =
                newest == null ? CompletableFuture.completedFuture(null) : newest.toCompletableFuture();
        if (waiting.isEmpty() && pending.isDone() && !pending.isCompletedExceptionally()) {
            go.run();
            return;
        }
        Waiting next = new Waiting(pending, go, refuse);
        waiting.add(next);
        next.timer = vertx.setTimer(PATIENCE_MS, id -> {
            next.patient = false;
            serve();
        });
        pending.whenComplete((done, failure) -> context.runOnContext(ignored -> serve()));
    }

    /** Lets pass, or refuses, whoever is at the head and need not wait any longer. */
    private void serve() {
        for (Waiting head = waiting.peek(); head != null; head = waiting.peek()) {
            if (!head.flushed.isDone() && head.patient) {
                return;
            }
            waiting.remove();
            vertx.cancelTimer(head.timer);
            Optional<String> why = whyNot(head);
            if (why.isEmpty()) {
                head.go.run();
            } else {
                head.refuse.accept(why.get());
            }
        }
    }

    private static Optional<String> whyNot(Waiting head) {
        if (!head.flushed.isDone()) {
            return Optional.of("the journal did not flush within " + PATIENCE_MS + " ms");
        }
        return head.flushed
                .handle((done, failure) -> Optional.ofNullable(failure)
                        .map(e -> "the journal could not keep the decision: " + e.getMessage()))
                .join();
    }

    /** Runs {@code go} once flushed, or failed, or after {@link #REASON_MS}: exactly once, on the event loop. */
    void passAnyway(Runnable go) {
        CompletionStage<Void> pending = newest;
        if (pending == null || pending.toCompletableFuture().isDone()) {
            go.run();
            return;
        }
        Promise<Void> settled = Promise.promise();
        pending.whenComplete((done, failure) -> context.runOnContext(ignored -> settled.tryComplete()));
        long timer = vertx.setTimer(REASON_MS, id -> settled.tryComplete());
        settled.future().onComplete(done -> {
            vertx.cancelTimer(timer);
            go.run();
        });
    }
}
