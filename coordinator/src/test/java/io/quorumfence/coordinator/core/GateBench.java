package io.quorumfence.coordinator.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.quorumfence.coordinator.core.AgentReport.Answered;
import io.quorumfence.coordinator.core.AgentReport.Silent;
import io.quorumfence.coordinator.core.AgentReport.Unreadable;
import io.quorumfence.coordinator.core.GateObservation.StatusSeen;
import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Three hosts, one VM on h1, and the gate's core with a clock that the test moves. The bench only carries: statuses
 * in, commands out. Questions stay open until the test answers them.
 */
final class GateBench {
    static final CellId CELL = new CellId("lab1");
    static final VmId VM = VmId.of("11111111-2222-3333-4444-555555555555");
    static final String ID = "request-1";

    final HostDouble h1 = new HostDouble("h1");
    final HostDouble h2 = new HostDouble("h2");
    final HostDouble h3 = new HostDouble("h3");
    final RecordDouble record = new RecordDouble();
    final Map<HostId, HostDouble> hosts = new LinkedHashMap<>();
    final Set<HostId> silent = new HashSet<>();
    /** Hosts that go on showing the record they have, or none. */
    final Set<HostId> recordFrozen = new HashSet<>();

    final Map<HostId, Unreadable> unreadable = new HashMap<>();
    final List<GateCommand> said = new ArrayList<>();
    final List<GateEvent> told = new ArrayList<>();
    GateState state;
    long nowNs = 1_000_000_000_000L;

    GateBench() {
        List.of(h1, h2, h3).forEach(host -> {
            hosts.put(host.id, host);
            record.joined(host);
        });
        h1.vms.add(VM);
        everybodySeesEverybody();
        state = GateState.of(Policies.judgingAtOnce(), Map.of(CELL, List.copyOf(hosts.keySet())), List.of());
    }

    void everybodySeesEverybody() {
        hosts.values()
                .forEach(observer -> hosts.values().stream()
                        .filter(other -> other != observer)
                        .forEach(observer::sees));
    }

    StartQuestion question() {
        return new StartQuestion(VM, h1.id, h2.id, List.of(), null);
    }

    /** The VM ended: nobody lists it any more. */
    GateBench vmEnded() {
        h1.vms.clear();
        everybodySeesEverybody();
        return this;
    }

    /** h1 lost its power this long ago; the others still have its last beat, with the VM in it. */
    GateBench powerLost(long agoMs) {
        silent.add(h1.id);
        h2.sees(h1).aged(agoMs, agoMs);
        h3.sees(h1).aged(agoMs, agoMs);
        return this;
    }

    GateBench suspectedByAll(long agoMs) {
        silent.add(h1.id);
        h2.sees(h1).aged(agoMs, agoMs).suspected();
        h3.sees(h1).aged(agoMs, agoMs).suspected();
        return this;
    }

    GateBench ask() {
        return ask(ID, question());
    }

    GateBench ask(String id, StartQuestion question) {
        step(new GateObservation.StartAsked(1, id, question));
        return passMs(1).statuses();
    }

    /** One poll of every agent, taking a millisecond each way. */
    GateBench statuses() {
        var shown = record.next();
        for (HostDouble host : hosts.values()) {
            if (!recordFrozen.contains(host.id)) {
                host.record = shown;
            }
            step(new StatusSeen(CELL, host.id, reportOf(host)));
        }
        return this;
    }

    private AgentReport reportOf(HostDouble host) {
        Unreadable bad = unreadable.get(host.id);
        if (bad != null) {
            return new Unreadable(bad.why(), bad.tooOld(), nowNs, nowNs);
        }
        return silent.contains(host.id)
                ? new Silent("no answer in 1000 ms", nowNs, nowNs)
                : new Answered(host.status(), nowNs, nowNs);
    }

    GateBench passMs(long ms) {
        nowNs += MILLISECONDS.toNanos(ms);
        return this;
    }

    /** Lets time pass with a poll every 100 ms; what is silent ages, what is seen does not. */
    GateBench runMs(long ms) {
        for (long done = 0; done < ms && !request().isClosed(); done += 100) {
            passMs(100);
            hosts.values().forEach(this::age);
            statuses();
            step(new GateObservation.TimePassed());
        }
        return this;
    }

    private void age(HostDouble observer) {
        observer.views.replaceAll((host, view) -> silent.contains(host) ? Ageing.by(view, 100) : view);
    }

    void step(GateObservation seen) {
        GateStep step = StartGate.step(state, seen, nowNs);
        state = step.next();
        said.addAll(step.commands());
        told.addAll(step.events());
    }

    StartRequest request() {
        return state.request(ID).orElseThrow();
    }

    Verdict verdict() {
        return request().shown();
    }

    String text() {
        Verdict verdict = verdict();
        if (verdict instanceof Verdict.Refuse refuse) {
            return refuse.text();
        }
        return verdict instanceof Verdict.Pending pending ? pending.text() : "";
    }

    <T extends GateCommand> List<T> said(Class<T> type) {
        return said.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends GateCommand> T lastSaid(Class<T> type) {
        List<T> all = said(type);
        return all.get(all.size() - 1);
    }

    GateBench hostSays(HostAnswer.Word word) {
        HostDouble host = Objects.requireNonNull(
                hosts.get(lastSaid(GateCommand.AskHost.class).host()));
        return hostAnswers(new HostAnswer.Said(host.id, host.counter, host.bootId, word, "listed behind the barrier"));
    }

    GateBench hostAnswers(HostAnswer answer) {
        GateCommand.AskHost asked = lastSaid(GateCommand.AskHost.class);
        step(new GateObservation.HostAnswered(asked.id(), asked.call(), answer));
        return this;
    }

    GateBench agentAnswers(PermitAnswer answer) {
        GateCommand.AskPermit asked = lastSaid(GateCommand.AskPermit.class);
        step(new GateObservation.PermitAnswered(asked.id(), asked.call(), answer));
        return this;
    }

    GateBench permitDecided(String rung) {
        return agentAnswers(new PermitAnswer.Decided(permit(7, rung, PermitStage.GRANTED)));
    }

    PermitView permit(long id, String rung, PermitStage stage) {
        return new PermitView(id, ID, VM, h1.id, h2.id, h2.counter, stage, rung);
    }
}
