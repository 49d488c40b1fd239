package io.quorumfence.agent.shell;

import io.quorumfence.agent.core.AgentCore;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.model.command.Command;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.PeerCommand;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.command.StorageCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.LocalObservation;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.step.Core;
import io.quorumfence.step.Step;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One inbox, one owner, one step. {@link #offer} is for any thread; everything else runs on one event loop, and nothing
 * here blocks. A step that throws is a bug: the loop then stops acting for good, so that the keeper, not a guess, ends
 * what has to end (fail silent).
 */
public final class AgentLoop {
    private static final Logger LOG = LoggerFactory.getLogger(AgentLoop.class);
    /** No tick for so long: this process was paused. */
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

    private static final Observation TICK = new LocalObservation.Ticked();

    private final Vertx vertx;
    private final Context context;
    private final LongSupplier clock;
    private final EventLog log;
    private final FlushGate gate;
    private final Core<AgentState> core = new AgentCore();
    private final Queue<Observation> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile AgentState state;
    private volatile boolean failed;
    private volatile long worstDelayNs;
    private volatile long movedNs;
    private volatile long awakeNs;
    private long lastTickNs = Long.MIN_VALUE;
    private final Effectors effectors;

    public AgentLoop(Vertx vertx, LongSupplier clock, EventLog log, AgentState initial, Effectors effectors) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.clock = clock;
        this.log = log;
        this.gate = new FlushGate(vertx, context, log);
        this.state = initial;
        this.effectors = effectors;
    }

    /** Starts the timer that only wakes; the core compares times itself. */
    public void start(long tickMs) {
        long tickNs = TimeUnit.MILLISECONDS.toNanos(tickMs);
        context.runOnContext(ignored -> vertx.setPeriodic(tickMs, id -> {
            measureDelay(tickNs);
            offer(TICK);
        }));
    }

    /** How late the loop came to its own timer: what a held event loop would show first. */
    private void measureDelay(long tickNs) {
        long nowNs = clock.getAsLong();
        if (lastTickNs != Long.MIN_VALUE) {
            worstDelayNs = Math.max(worstDelayNs, nowNs - lastTickNs - tickNs);
        }
        lastTickNs = nowNs;
    }

    /** The worst delay of the loop's timer since the last call, in seconds. */
    public double takeWorstDelaySeconds() {
        long worst = worstDelayNs;
        worstDelayNs = 0;
        return worst / 1e9;
    }

    /** Gives the core something to take in; returns at once, on any thread. */
    public void offer(Observation observation) {
        inbox.add(observation);
        if (scheduled.compareAndSet(false, true)) {
            context.runOnContext(ignored -> drain());
        }
    }

    /** The newest state; a reader on any thread may keep it. */
    public AgentState state() {
        return state;
    }

    /** When the core last took a step; 0 before the first. */
    public long movedNs() {
        return movedNs;
    }

    /** When the core went on after its last pause; 0 before the first. Read it after {@link #movedNs}. */
    public long awakeNs() {
        return awakeNs;
    }

    /** Whether a step threw and the loop acts no more. */
    public boolean hasFailed() {
        return failed;
    }

    private void drain() {
        // Cleared first: what is offered from now on schedules a new drain and cannot be missed.
        scheduled.set(false);
        Observation next;
        while ((next = inbox.poll()) != null) {
            if (!failed) {
                one(next);
            }
        }
    }

    private void one(Observation observation) {
        long nowNs = clock.getAsLong();
        try {
            // Before the step: what a core fails on is what a replay needs most.
            if (observation == TICK) {
                log.ticked(nowNs);
            } else {
                log.observed(observation, nowNs);
            }
            Step<AgentState> step = core.step(state, observation, nowNs);
            state = step.next();
            if (movedNs > 0 && nowNs - movedNs > PAUSE_NS) {
                awakeNs = nowNs;
            }
            movedNs = nowNs;
            for (JournalEvent event : step.events()) {
                LOG.info("{}", event);
            }
            gate.append(step.events(), nowNs);
            step.commands().forEach(this::dispatch);
        } catch (RuntimeException e) {
            failed = true;
            LOG.error("the core failed on {}; this agent acts no more, its keeper decides", observation, e);
        }
    }

    private void dispatch(Command command) {
        if (command.needsFlush()) {
            gate.pass(() -> carryOut(command), why -> refuse(command, why));
        } else if (command.wantsReasonFirst()) {
            gate.passAnyway(() -> carryOut(command));
        } else {
            carryOut(command);
        }
    }

    private void carryOut(Command command) {
        if (command instanceof StorageCommand c) {
            effectors.storages().accept(c);
        } else if (command instanceof PeerCommand c) {
            effectors.peers().accept(c);
        } else if (command instanceof LocalCommand c) {
            effectors.local().accept(c);
        } else if (command instanceof ReplyCommand c) {
            effectors.replies().accept(c);
        }
    }

    private void refuse(Command command, String why) {
        LOG.warn("not carried out: {}: {}", command.getClass().getSimpleName(), why);
        Undone.observationOf(command, why, clock.getAsLong()).ifPresent(this::offer);
        Undone.replyOf(command, why).ifPresent(effectors.replies());
    }
}
