package io.quorumfence.coordinator.shell;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quorumfence.coordinator.core.AgentReport;
import io.quorumfence.coordinator.core.AgentReport.Answered;
import io.quorumfence.coordinator.core.AgentReport.Silent;
import io.quorumfence.coordinator.core.GateEvent;
import io.quorumfence.coordinator.core.GateState;
import io.quorumfence.coordinator.store.History;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** What Prometheus reads of the gate. Labels are bounded: cells, hosts, verdicts, reason codes. */
public final class GateMetrics implements GateListener {
    private static final String PREFIX = "quorumfence_";

    private final MeterRegistry registry;
    private final Map<HostId, Map<CellId, AtomicInteger>> reachable = new HashMap<>();

    /** The state is read on the thread of the scrape; it never changes once it is handed out. */
    public GateMetrics(MeterRegistry registry, History history, Supplier<GateState> state) {
        this.registry = registry;
        Gauge.builder(PREFIX + "gate_requests_open", state, GateMetrics::open)
                .description("Start requests without a final answer")
                .strongReference(true) // nobody else keeps the supplier; without it the gauge becomes NaN
                .register(registry);
        Gauge.builder(PREFIX + "history_queue", history, known -> known.health().queued())
                .description("Decisions that are not on disk yet")
                .register(registry);
        Gauge.builder(PREFIX + "history_lost", history, known -> known.health().lost())
                .description("Decisions that the history has lost since the start")
                .register(registry);
    }

    private static double open(Supplier<GateState> state) {
        return state.get().active().values().stream()
                .filter(request -> !request.isClosed())
                .count();
    }

    @Override
    public void decided(GateEvent event) {
        if (event instanceof GateEvent.Judged judged) {
            registry.counter(
                            PREFIX + "gate_decisions",
                            "verdict",
                            judged.verdict().word(),
                            "reason",
                            judged.verdict().code())
                    .increment();
            if (judged.request().isClosed()) {
                closed(judged);
            }
        }
    }

    private void closed(GateEvent.Judged judged) {
        Timer.builder(PREFIX + "gate_decision")
                .description("From the ask to the final answer of its round")
                .tag("verdict", judged.verdict().word())
                .register(registry)
                .record(judged.tookNs(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void polled(CellId cell, HostId host, AgentReport report) {
        String result = report instanceof Answered ? "answered" : report instanceof Silent ? "silent" : "unreadable";
        registry.counter(PREFIX + "agent_polls", "cell", cell.value(), "host", host.value(), "result", result)
                .increment();
        reachable
                .computeIfAbsent(host, key -> new HashMap<>())
                .computeIfAbsent(cell, key -> reachableGauge(cell, host))
                .set(report instanceof Answered ? 1 : 0);
    }

    private AtomicInteger reachableGauge(CellId cell, HostId host) {
        AtomicInteger value = new AtomicInteger();
        Gauge.builder(PREFIX + "agent_reachable", value, AtomicInteger::get)
                .description("Whether the agent answers the coordinator; says nothing about the host")
                .tag("cell", cell.value())
                .tag("host", host.value())
                .register(registry);
        return value;
    }
}
