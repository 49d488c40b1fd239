package io.quorumfence.coordinator.agents;

import io.quorumfence.coordinator.core.AgentReport;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/**
 * Polls one agent for its status, never twice at a time: a poll that hangs delays the next one of this agent and nobody
 * else. Belongs to one event loop.
 */
public final class AgentPoller {
    private final Vertx vertx;
    private final AgentCalls calls;
    private final AgentAddress agent;
    private final long restMs;
    private final long busyMs;
    private final Consumer<AgentReport> sink;
    private boolean isBusy;
    private boolean isOut;
    private boolean isClosed;
    private long timer = -1;

    /**
     * Starts with {@link #start}.
     *
     * @param restMs pause between the starts of two polls at rest
     * @param busyMs the same while requests are pending
     */
    public AgentPoller(
            Vertx vertx, AgentCalls calls, AgentAddress agent, long restMs, long busyMs, Consumer<AgentReport> sink) {
        this.vertx = vertx;
        this.calls = calls;
        this.agent = agent;
        this.restMs = restMs;
        this.busyMs = busyMs;
        this.sink = sink;
    }

    public void start() {
        poll();
    }

    /** A change to the busy pace polls at once, or as soon as the poll that is out has ended. */
    public void pace(boolean nowBusy) {
        boolean faster = nowBusy && !isBusy;
        isBusy = nowBusy;
        if (faster && !isOut) {
            vertx.cancelTimer(timer);
            poll();
        }
    }

    public void close() {
        isClosed = true;
        vertx.cancelTimer(timer);
    }

    private void poll() {
        if (isClosed || isOut) {
            return;
        }
        isOut = true;
        long startedMs = System.nanoTime() / 1_000_000;
        calls.status(agent).onSuccess(report -> {
            isOut = false;
            if (isClosed) {
                return;
            }
            sink.accept(report);
            long spentMs = System.nanoTime() / 1_000_000 - startedMs;
            long waitMs = Math.max(1, (isBusy ? busyMs : restMs) - spentMs);
            if (!isOut) {
                timer = vertx.setTimer(waitMs, fired -> poll());
            }
        });
    }
}
