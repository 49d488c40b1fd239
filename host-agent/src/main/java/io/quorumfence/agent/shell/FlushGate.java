package io.quorumfence.agent.shell;

import io.quorumfence.model.event.JournalEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
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
    private @Nullable CompletionStage<Void> newest;

    FlushGate(Vertx vertx, Context context, EventLog log) {
        this.vertx = vertx;
        this.context = context;
        this.log = log;
    }

    void append(List<JournalEvent> events, long nowNs) {
        if (!events.isEmpty()) {
            newest = log.append(events, nowNs);
        }
    }

    /** Runs {@code go} once flushed, else {@code refuse} with one line why; exactly one of them, on the event loop. */
    void pass(Runnable go, Consumer<String> refuse) {
        CompletionStage<Void> pending = newest;
        if (pending == null || isDone(pending)) {
            go.run();
            return;
        }
        Promise<Void> flushed = Promise.promise();
        pending.whenComplete((done, failure) -> context.runOnContext(ignored -> {
            if (failure == null) {
                flushed.tryComplete();
            } else {
                flushed.tryFail("the journal could not keep the decision: " + failure.getMessage());
            }
        }));
        long timer = vertx.setTimer(
                PATIENCE_MS, id -> flushed.tryFail("the journal did not flush within " + PATIENCE_MS + " ms"));
        Future<Void> result = flushed.future();
        result.onSuccess(done -> {
            vertx.cancelTimer(timer);
            go.run();
        });
        result.onFailure(failure -> {
            vertx.cancelTimer(timer);
            refuse.accept(String.valueOf(failure.getMessage()));
        });
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

    private static boolean isDone(CompletionStage<Void> stage) {
        return stage.toCompletableFuture().isDone()
                && !stage.toCompletableFuture().isCompletedExceptionally();
    }
}
