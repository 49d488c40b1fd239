package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.CellState.Start;
import io.quorumfence.coordinator.core.Finding.AskPermit;
import io.quorumfence.coordinator.core.Finding.NotYet;
import io.quorumfence.coordinator.core.GatePolicy.Throttle;
import io.quorumfence.coordinator.core.Stage.Granting;
import io.quorumfence.coordinator.core.Stage.Waiting;
import io.quorumfence.coordinator.core.Verdict.Refuse;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Whose turn it is. A permit that was given and whose VM is not known to run yet takes a place, on its destination and
 * in its cell; a request for which absence is shown gets its permit only while there is one free, the higher priority
 * first, then the one that was asked earlier. No safety rests on it: it keeps a lost host's VMs from pushing the next
 * host over.
 */
public final class StartQueue {
    /** A request that waits for its turn is judged anew this often, in case its answer has become no. */
    static final long LOOK_AGAIN_NS = TimeUnit.SECONDS.toNanos(2);
    /** Beyond its time to live a permit's start has failed, or nobody can see that it did not. */
    private static final long SLACK_NS = TimeUnit.SECONDS.toNanos(60);

    private static final Comparator<StartRequest> ORDER = Comparator.<StartRequest>comparingInt(
                    request -> request.question().priority())
            .reversed();

    private StartQueue() {}

    /** Places that are taken, and what is left of them. */
    private static final class Places {
        private final Throttle limit;
        private final Map<HostId, Integer> onHost = new HashMap<>();
        private int inCell;

        private Places(Throttle limit) {
            this.limit = limit;
        }

        void take(HostId destination) {
            onHost.merge(destination, 1, Integer::sum);
            inCell++;
        }

        boolean isFree(HostId destination) {
            boolean host = limit.perDestination() == 0 || onHost.getOrDefault(destination, 0) < limit.perDestination();
            return host && (limit.perCell() == 0 || inCell < limit.perCell());
        }

        String words(HostId destination) {
            return onHost.getOrDefault(destination, 0) + " on host " + destination + " (at most "
                    + shown(limit.perDestination()) + "), " + inCell + " in the cell (at most "
                    + shown(limit.perCell()) + ")";
        }

        private static String shown(int limit) {
            return limit == 0 ? "any number" : String.valueOf(limit);
        }
    }

    /** The permit takes a place until its VM runs. */
    static void given(Turn turn, StartRequest request, PermitView permit) {
        Optional<CellState> cell = Optional.ofNullable(request.cell()).flatMap(turn::cell);
        if (cell.isEmpty() || turn.policy().throttle().isOff()) {
            return;
        }
        Map<Long, Start> starts = new LinkedHashMap<>(cell.get().starts());
        starts.putIfAbsent(permit.id(), new Start(permit.vm(), permit.destination(), turn.nowNs(), false));
        turn.put(cell.get().starting(starts));
    }

    /** Lets as many requests go on as have a place, in their order; the others wait. */
    static void admit(Turn turn) {
        Set<CellId> cells = new LinkedHashSet<>();
        turn.active().stream()
                .filter(request -> turn.wanting().containsKey(request.id()) || request.isQueued())
                .forEach(request -> cells.add(Objects.requireNonNull(request.cell())));
        cells.forEach(cell -> admit(turn, cell));
    }

    private static void admit(Turn turn, CellId cell) {
        List<StartRequest> line = line(turn.active(), turn.wanting().keySet(), cell);
        if (turn.policy().throttle().isOff()) {
            line.forEach(request -> goOn(turn, request));
            return;
        }
        Places places = taken(turn, cell);
        for (int i = 0; i < line.size(); i++) {
            StartRequest request = line.get(i);
            HostId destination = request.question().destination();
            if (!places.isFree(destination)) {
                stay(turn, request, i + 1, line.size(), places);
            } else {
                places.take(destination); // also kept for one whose last host is being asked again
                goOn(turn, request);
            }
        }
    }

    private static List<StartRequest> line(Collection<StartRequest> active, Set<String> wanting, CellId cell) {
        return active.stream()
                .filter(request -> cell.equals(request.cell()))
                .filter(request -> wanting.contains(request.id()) || request.isQueued())
                .sorted(ORDER)
                .toList();
    }

    private static void goOn(Turn turn, StartRequest request) {
        AskPermit ask = turn.wanting().get(request.id());
        if (ask != null) {
            Grants.start(turn, request, ask);
        } else if (request.stage() instanceof Waiting waiting
                && waiting.pending().awaited() == Awaited.TURN) {
            Finding found = turn.look(request);
            if (found instanceof AskPermit now) {
                Grants.start(turn, request, now);
            } else {
                Grants.apply(turn, request, found);
            }
        }
    }

    private static void stay(Turn turn, StartRequest request, int place, int length, Places places) {
        AskPermit ask = turn.wanting().get(request.id());
        if (ask == null) {
            return; // it waits already, or is being looked at
        }
        boolean isNew = request.notes().queuedNs() == 0;
        StartRequest queued = isNew ? request.noting(request.notes().queued(turn.nowNs())) : request;
        long deadlineNs = queued.notes().queuedNs() + turn.policy().throttle().waitMaxNs();
        String text = "absence is shown; place " + place + " of " + length + " in the queue: starting are "
                + places.words(request.question().destination());
        if (turn.nowNs() >= deadlineNs) {
            turn.close(queued, new Refuse(Reason.THROTTLED, text + "; its turn did not come in time", ask.evidence()));
        } else {
            turn.pend(queued, new NotYet(Awaited.TURN, text, deadlineNs, ask.evidence()));
        }
    }

    private static Places taken(Turn turn, CellId cell) {
        CellState state = turn.cell(cell).orElseThrow();
        Map<Long, Start> starts = refreshed(state, turn.view(cell), turn.nowNs());
        if (!starts.equals(state.starts())) {
            turn.put(state.starting(starts));
        }
        long longestNs = TimeUnit.MILLISECONDS.toNanos(turn.policy().permitTtlMs()) + SLACK_NS;
        Places places = new Places(turn.policy().throttle());
        Map<VmId, HostId> counted = new HashMap<>();
        starts.values().stream()
                .filter(start -> turn.nowNs() - start.sinceNs() <= longestNs)
                .forEach(start -> {
                    counted.put(start.vm(), start.destination());
                    places.take(start.destination());
                });
        turn.active().stream()
                .filter(request -> request.stage() instanceof Granting && cell.equals(request.cell()))
                .map(StartRequest::question)
                .filter(question -> !question.destination().equals(counted.get(question.vm())))
                .forEach(question -> places.take(question.destination()));
        return places;
    }

    /**
     * What is on its way by the newest record: open permits whose VM the destination does not list. A redeemed permit
     * of a host that does not answer, and that the gate did not see given, says nothing of a start.
     */
    private static Map<Long, Start> refreshed(CellState state, CellView view, long nowNs) {
        Optional<RecordView> record = view.record();
        if (record.isEmpty()) {
            return state.starts();
        }
        Map<Long, Start> starts = new LinkedHashMap<>();
        state.starts().forEach((id, start) -> {
            if (!start.isShown()) {
                starts.put(id, start);
            }
        });
        for (PermitView permit : record.get().permits()) {
            Start before = state.starts().get(permit.id());
            boolean isOpen = permit.stage() != PermitStage.ENDED;
            boolean isKnown = before != null
                    || permit.stage() == PermitStage.GRANTED
                    || view.recent(permit.destination()).isPresent();
            if (!isOpen || !isKnown || view.isListed(permit.destination(), permit.vm())) {
                starts.remove(permit.id());
            } else {
                long sinceNs = before == null ? nowNs : before.sinceNs();
                starts.put(permit.id(), new Start(permit.vm(), permit.destination(), sinceNs, true));
            }
        }
        return starts;
    }

    /** The request's place in its cell's queue, from 1; 0 when it does not wait for its turn. */
    public static int placeOf(GateState state, StartRequest request) {
        CellId cell = request.cell();
        if (!request.isQueued() || cell == null) {
            return 0;
        }
        List<StartRequest> line = line(state.active().values(), Set.of(), cell);
        for (int i = 0; i < line.size(); i++) {
            if (line.get(i).id().equals(request.id())) {
                return i + 1;
            }
        }
        return 0;
    }
}
