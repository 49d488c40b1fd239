package io.quorumfence.coordinator.shell;

import io.quorumfence.coordinator.agents.AgentAddress;
import io.quorumfence.coordinator.agents.AgentCalls;
import io.quorumfence.coordinator.agents.AgentPoller;
import io.quorumfence.coordinator.agents.ClassAnswer;
import io.quorumfence.coordinator.agents.ConfirmAnswer;
import io.quorumfence.coordinator.agents.OperatorSays;
import io.quorumfence.coordinator.agents.ReleaseAnswer;
import io.quorumfence.coordinator.core.GateCommand;
import io.quorumfence.coordinator.core.GateCommand.AskHost;
import io.quorumfence.coordinator.core.GateCommand.AskPermit;
import io.quorumfence.coordinator.core.GateCommand.Attach;
import io.quorumfence.coordinator.core.GateCommand.EndPermit;
import io.quorumfence.coordinator.core.GateCommand.SetPace;
import io.quorumfence.coordinator.core.GateCommand.TurnAway;
import io.quorumfence.coordinator.core.GateCommand.WakeAt;
import io.quorumfence.coordinator.core.GateEvent;
import io.quorumfence.coordinator.core.GateObservation;
import io.quorumfence.coordinator.core.GateState;
import io.quorumfence.coordinator.core.GateStep;
import io.quorumfence.coordinator.core.HostAnswer;
import io.quorumfence.coordinator.core.PermitAnswer;
import io.quorumfence.coordinator.core.StartGate;
import io.quorumfence.coordinator.core.StartQuestion;
import io.quorumfence.coordinator.core.StartRequest;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the gate's state. All methods but {@link #state} and {@link #isStopped} belong to the event
 * loop it was started on; nothing here blocks or decides. When
 * a step throws, the gate stops: it turns every ask away, because it cannot know what it would be answering.
 */
public final class GateLoop {
    private static final Logger LOG = LoggerFactory.getLogger(GateLoop.class);
    private static final long NS_PER_MS = 1_000_000;

    private final Vertx vertx;
    private final AgentCalls calls;
    private final LongSupplier clockNs;
    private final Map<CellId, Map<HostId, AgentAddress>> addresses = new HashMap<>();
    private final Map<CellId, List<AgentPoller>> pollers = new HashMap<>();
    private final List<GateListener> listeners = new ArrayList<>();
    private final ArrayDeque<GateObservation> inbox = new ArrayDeque<>();
    private final Askers askers;
    private volatile GateState state;
    private boolean isStepping;
    private volatile boolean isStopped;
    private long timer = -1;

    public GateLoop(Vertx vertx, AgentCalls calls, LongSupplier clockNs, GateState initial) {
        this.vertx = vertx;
        this.calls = calls;
        this.clockNs = clockNs;
        state = initial;
        askers = new Askers(vertx, this::request);
        listeners.add(askers);
    }

    /** Starts to poll the agents. Call once. */
    public void start(Map<CellId, List<AgentAddress>> cells, long restMs, long busyMs) {
        cells.forEach((cell, agents) -> {
            Map<HostId, AgentAddress> known = new HashMap<>();
            List<AgentPoller> polling = new ArrayList<>();
            agents.forEach(agent -> {
                known.put(agent.host(), agent);
                polling.add(new AgentPoller(vertx, calls, agent, restMs, busyMs, report -> {
                    listeners.forEach(listener -> listener.polled(cell, agent.host(), report));
                    take(new GateObservation.StatusSeen(cell, agent.host(), report));
                }));
            });
            addresses.put(cell, known);
            pollers.put(cell, polling);
        });
        pollers.values().forEach(polling -> polling.forEach(AgentPoller::start));
    }

    public void stop() {
        isStopped = true;
        vertx.cancelTimer(timer);
        pollers.values().forEach(polling -> polling.forEach(AgentPoller::close));
    }

    public void listen(GateListener listener) {
        listeners.add(listener);
    }

    public void ignore(GateListener listener) {
        listeners.remove(listener);
    }

    public GateState state() {
        return state;
    }

    public long nowNs() {
        return clockNs.getAsLong();
    }

    /** Whether a fault in the core has stopped the gate. */
    public boolean isStopped() {
        return isStopped;
    }

    public Optional<StartRequest> request(String id) {
        return state.request(id);
    }

    public Optional<AgentAddress> address(CellId cell, HostId host) {
        return Optional.ofNullable(addresses.getOrDefault(cell, Map.of()).get(host));
    }

    /**
     * Asks. The request is answered once it has a verdict other than PENDING, or the wait is over and the first
     * questions to the agents are answered. Fails with {@link TurnedAway} only.
     */
    public Future<StartRequest> ask(String id, StartQuestion question, long waitMs) {
        return asking(waitMs, asker -> new GateObservation.StartAsked(asker, id, question));
    }

    /** Asks for many at once; every future is answered as that of {@link #ask}. */
    public List<Future<StartRequest>> askAll(List<String> ids, List<StartQuestion> questions, long waitMs) {
        if (isStopped) {
            return ids.stream()
                    .map(id -> Future.<StartRequest>failedFuture(gateStopped()))
                    .toList();
        }
        List<Future<StartRequest>> answers = new ArrayList<>();
        List<GateObservation.StartAsked> asked = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            Askers.Asker asker = askers.open(waitMs);
            answers.add(asker.future());
            asked.add(new GateObservation.StartAsked(asker.number(), ids.get(i), questions.get(i)));
        }
        take(new GateObservation.BatchAsked(asked));
        return answers;
    }

    /** Takes a request back. Fails with {@link TurnedAway} only. */
    public Future<StartRequest> cancel(String id) {
        return asking(0, asker -> new GateObservation.CancelAsked(asker, id));
    }

    /** Waits for a request's verdict without asking anew. */
    public Future<StartRequest> follow(String id, long waitMs) {
        if (isStopped) {
            return Future.failedFuture(gateStopped());
        }
        Askers.Asker asker = askers.open(waitMs);
        askers.attach(asker.number(), id);
        return asker.future();
    }

    /** Hands an operator's word to a host's agent; nothing of it is the gate's to decide. */
    public Future<ReleaseAnswer> release(CellId cell, HostId host, String by, String why) {
        return address(cell, host)
                .map(agent -> calls.release(agent, by, why))
                .orElseGet(() -> Future.succeededFuture(
                        new ReleaseAnswer(503, "agent-silent", "the agent of " + host + " is not configured here")));
    }

    /** Hands an operator's wish about a VM to one agent of its cell, which takes it to the record. */
    public Future<ClassAnswer> vmClass(CellId cell, HostId host, VmId vm, String vmClass, String by, String why) {
        return address(cell, host)
                .map(agent -> calls.vmClass(agent, vm, vmClass, by, why))
                .orElseGet(() -> Future.succeededFuture(
                        ClassAnswer.no(503, "agent-silent", "the agent of " + host + " is not configured here")));
    }

    /** Tells an operator's word about one host to these agents of its cell; what they make of it is theirs. */
    public Future<List<ConfirmAnswer>> confirmDead(CellId cell, List<HostId> agents, OperatorSays word) {
        List<Future<ConfirmAnswer>> answers = agents.stream()
                .flatMap(host -> address(cell, host).stream())
                .map(agent -> calls.confirmDead(agent, word))
                .toList();
        return Future.all(answers)
                .map(all -> answers.stream().map(Future::result).toList());
    }

    private Future<StartRequest> asking(long waitMs, java.util.function.LongFunction<GateObservation> question) {
        if (isStopped) {
            return Future.failedFuture(gateStopped());
        }
        Askers.Asker asker = askers.open(waitMs);
        take(question.apply(asker.number()));
        return asker.future();
    }

    private static TurnedAway gateStopped() {
        return new TurnedAway("gate-stopped", "the gate has stopped after a fault; its log has the details", true);
    }

    private void take(GateObservation seen) {
        inbox.add(seen);
        if (isStepping) {
            return;
        }
        isStepping = true;
        try {
            while (!inbox.isEmpty() && !isStopped) {
                step(inbox.remove());
            }
        } finally {
            isStepping = false;
        }
    }

    private void step(GateObservation seen) {
        GateStep step;
        try {
            step = StartGate.step(state, seen, clockNs.getAsLong());
        } catch (RuntimeException e) {
            LOG.error("the gate stops: a step failed on {}", seen, e);
            stop();
            askers.failAll(gateStopped());
            return;
        }
        state = step.next();
        for (GateEvent event : step.events()) {
            List.copyOf(listeners).forEach(listener -> listener.decided(event));
        }
        step.commands().forEach(this::carryOut);
    }

    private void carryOut(GateCommand command) {
        if (command instanceof SetPace pace) {
            pollers.getOrDefault(pace.cell(), List.of()).forEach(poller -> poller.pace(pace.isBusy()));
        } else if (command instanceof WakeAt wake) {
            wakeAt(wake.atNs());
        } else if (command instanceof Attach attach) {
            askers.attach(attach.asker(), attach.id());
        } else if (command instanceof TurnAway away) {
            askers.turnAway(away.asker(), new TurnedAway(away.code(), away.text(), away.retryable()));
        } else if (command instanceof AskHost ask) {
            askHost(ask);
        } else if (command instanceof AskPermit ask) {
            askPermit(ask);
        } else if (command instanceof EndPermit end) {
            endPermit(end);
        }
    }

    private void wakeAt(long atNs) {
        vertx.cancelTimer(timer);
        long inMs = Math.max(1, (atNs - clockNs.getAsLong() + NS_PER_MS - 1) / NS_PER_MS);
        timer = vertx.setTimer(inMs, fired -> take(new GateObservation.TimePassed()));
    }

    private void askHost(AskHost ask) {
        address(ask.cell(), ask.host())
                .map(agent -> calls.absence(agent, ask.id(), ask.vm()))
                .orElseGet(() -> Future.succeededFuture(new HostAnswer.NoAnswer("its agent is not configured here")))
                .onSuccess(answer -> take(new GateObservation.HostAnswered(ask.id(), ask.call(), answer)));
    }

    private void askPermit(AskPermit ask) {
        address(ask.cell(), ask.agent())
                .map(agent -> calls.permit(agent, ask.id(), ask.question(), ask.basis(), ask.ttlMs()))
                .orElseGet(GateLoop::notConfigured)
                .onSuccess(answer -> take(new GateObservation.PermitAnswered(ask.id(), ask.call(), answer)));
    }

    private void endPermit(EndPermit end) {
        address(end.cell(), end.agent())
                .map(agent -> calls.end(agent, end.permit(), end.reason()))
                .orElseGet(GateLoop::notConfigured)
                .onSuccess(answer -> take(new GateObservation.EndAnswered(end.id(), end.call(), answer)));
    }

    private static Future<PermitAnswer> notConfigured() {
        return Future.succeededFuture(new PermitAnswer.NoAnswer("its agent is not configured here", false));
    }
}
