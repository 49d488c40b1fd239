package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.Finding.NotYet;
import io.quorumfence.coordinator.core.GateCommand.SetPace;
import io.quorumfence.coordinator.core.GateCommand.WakeAt;
import io.quorumfence.coordinator.core.GateEvent.Judged;
import io.quorumfence.coordinator.core.Stage.AskingHost;
import io.quorumfence.coordinator.core.Stage.Closed;
import io.quorumfence.coordinator.core.Stage.Gathering;
import io.quorumfence.coordinator.core.Stage.Waiting;
import io.quorumfence.coordinator.core.Verdict.Allow;
import io.quorumfence.coordinator.core.Verdict.Pending;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The scratch pad of one step: what changes, what is asked of the shell, what was decided. */
final class Turn {
    private final GateState before;
    private final long nowNs;
    private final Judge judge;
    private final Map<CellId, CellState> cells;
    private final Map<CellId, CellView> views = new HashMap<>();
    private final List<GateCommand> commands = new ArrayList<>();
    private final List<GateEvent> events = new ArrayList<>();
    private Map<String, StartRequest> active;
    private Map<String, StartRequest> settled;
    private long nextCall;
    private boolean timerFired;
    /** Absence is shown for these; whether their turn has come is decided once, at the end of the step. */
    private final Map<String, Finding.AskPermit> wanting = new LinkedHashMap<>();

    Turn(GateState before, long nowNs) {
        this.before = before;
        this.nowNs = nowNs;
        judge = new Judge(before.policy());
        cells = new LinkedHashMap<>(before.cells());
        active = before.active();
        settled = before.settled();
        nextCall = before.nextCall();
    }

    GatePolicy policy() {
        return before.policy();
    }

    long nowNs() {
        return nowNs;
    }

    Map<CellId, CellState> cells() {
        return cells;
    }

    Optional<CellState> cell(CellId id) {
        return Optional.ofNullable(cells.get(id));
    }

    Optional<StartRequest> request(String id) {
        StartRequest found = active.get(id);
        return Optional.ofNullable(found == null ? settled.get(id) : found);
    }

    /** The timer that was asked for is spent: another one has to be asked for, even for the same time. */
    void timerFired() {
        timerFired = true;
    }

    long nextCall() {
        return nextCall++;
    }

    void put(CellState cell) {
        cells.put(cell.cell(), cell);
        views.remove(cell.cell());
    }

    void put(StartRequest request) {
        if (active == before.active()) {
            active = new LinkedHashMap<>(active);
        }
        boolean wasSettled = settled.containsKey(request.id());
        if ((request.isSettled() || wasSettled) && settled == before.settled()) {
            settled = new LinkedHashMap<>(settled);
        }
        if (request.isSettled()) {
            active.remove(request.id());
            settled.put(request.id(), request);
        } else {
            if (wasSettled) {
                settled.remove(request.id());
            }
            active.put(request.id(), request);
        }
    }

    void say(GateCommand command) {
        commands.add(command);
    }

    void tell(GateEvent event) {
        events.add(event);
    }

    CellView view(CellId cell) {
        return views.computeIfAbsent(cell, id -> CellView.of(Objects.requireNonNull(cells.get(id)), policy(), nowNs));
    }

    long openRequests() {
        return active.values().stream().filter(request -> !request.isClosed()).count();
    }

    /** Cancelled requests of the cell whose permit may have been written. */
    List<StartRequest> doubtful(CellId cell) {
        return active.values().stream()
                .filter(request -> request.isClosed() && request.notes().inDoubt() && cell.equals(request.cell()))
                .toList();
    }

    /** Agents that may end a permit: the destination's first, which alone can verify that the VM is not there. */
    List<HostId> enders(StartRequest request, Allow allow) {
        if (request.cell() == null || !cells.containsKey(request.cell())) {
            return List.of();
        }
        List<HostId> order = new ArrayList<>(List.of(allow.permit().destination()));
        LastHost.grantors(request, view(request.cell())).stream()
                .filter(host -> !order.contains(host))
                .forEach(order::add);
        return order;
    }

    void close(StartRequest request, Verdict verdict) {
        long tookNs = nowNs - request.askedNs();
        StartRequest closed = request.at(new Closed(verdict, tookNs));
        put(closed);
        tell(new Judged(closed, verdict, tookNs));
    }

    void pend(StartRequest request, NotYet wait) {
        Pending pending = new Pending(wait.awaited(), wait.text(), wait.deadlineNs(), wait.evidence());
        Pending last = request.notes().pending();
        long retryNs = wait.awaited() == Awaited.TURN ? StartQueue.LOOK_AGAIN_NS : policy().retryNs();
        StartRequest waiting =
                request.noting(request.notes().waiting(pending)).at(new Waiting(pending, nowNs + retryNs));
        put(waiting);
        if (last == null || !last.saysTheSameAs(pending)) {
            tell(new Judged(waiting, pending, nowNs - request.askedNs()));
        }
    }

    void waitAndRetry(StartRequest request, Awaited awaited, String text) {
        pend(request, new NotYet(awaited, text, nowNs + policy().grantNs(), List.of()));
    }

    void askHost(StartRequest request, HostId host) {
        long call = nextCall();
        put(request.at(new AskingHost(call, nowNs)));
        CellId cell = Objects.requireNonNull(request.cell());
        say(new GateCommand.AskHost(
                request.id(), call, cell, host, request.question().vm()));
    }

    void wantPermit(StartRequest request, Finding.AskPermit ask) {
        put(request);
        wanting.put(request.id(), ask);
    }

    Map<String, Finding.AskPermit> wanting() {
        return wanting;
    }

    Collection<StartRequest> active() {
        return active.values();
    }

    Finding look(StartRequest request) {
        return judge.judge(request, view(Objects.requireNonNull(request.cell())));
    }

    void judge(StartRequest request) {
        Grants.apply(this, request, look(request));
    }

    /** Judges every open request that is due: its first round is complete, or something new is known of its cell. */
    void judgeDue() {
        List<CellId> judgedNow = new ArrayList<>();
        for (StartRequest request : List.copyOf(active.values())) {
            CellState cell = request.isClosed() || request.cell() == null ? null : cells.get(request.cell());
            if (cell == null) {
                continue;
            }
            if (isDue(request, cell)) {
                // One that waits for its turn is looked at when that comes, and now and then.
                if (!isOnlyQueued(request)) {
                    judge(request);
                }
                judgedNow.add(cell.cell());
            }
        }
        judgedNow.stream()
                .distinct()
                .forEach(id -> put(Objects.requireNonNull(cells.get(id)).judged(nowNs)));
    }

    private boolean isOnlyQueued(StartRequest request) {
        return request.isQueued()
                && request.stage() instanceof Waiting waiting
                && waiting.pending().awaited() == Awaited.TURN
                && nowNs < waiting.retryNs();
    }

    private boolean isDue(StartRequest request, CellState cell) {
        boolean gathered = request.stage() instanceof Gathering && cell.isPolledSince(request.askedNs());
        return gathered || nowNs >= dueNs(request);
    }

    GateStep done() {
        StartQueue.admit(this);
        setPaces();
        long wakeNs = active.values().stream().mapToLong(this::dueNs).min().orElse(Long.MAX_VALUE);
        if (wakeNs != Long.MAX_VALUE && (timerFired || wakeNs != before.wakeNs())) {
            say(new WakeAt(wakeNs));
        }
        Map<String, StartRequest> kept = Forgetting.bounded(settled, policy().requestsMax());
        return new GateStep(new GateState(policy(), cells, active, kept, nextCall, wakeNs), commands, events);
    }

    private void setPaces() {
        Collection<CellState> known = List.copyOf(cells.values());
        for (CellState cell : known) {
            boolean busy = active.values().stream()
                    .anyMatch(request -> !request.isClosed() && cell.cell().equals(request.cell()));
            if (busy != cell.isBusy()) {
                cells.put(cell.cell(), cell.busy(busy));
                say(new SetPace(cell.cell(), busy));
            }
        }
    }

    /** Questions are not timed here: the shell answers each one, with NoAnswer if need be. */
    private long dueNs(StartRequest request) {
        if (request.stage() instanceof Gathering gathering) {
            return gathering.untilNs();
        }
        if (!(request.stage() instanceof Waiting waiting)) {
            return Long.MAX_VALUE;
        }
        CellState cell = request.cell() == null ? null : cells.get(request.cell());
        if (cell == null || !cell.hasNews() || !waiting.pending().awaited().isWatched()) {
            return waiting.retryNs();
        }
        // Many agents answer within a moment: the requests are judged once for all of them.
        return Math.min(waiting.retryNs(), cell.judgedNs() + policy().judgeEveryNs());
    }
}
