package io.quorumfence.coordinator.core;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything the gate knows. Nothing here is the truth of a cell: that is its record.
 *
 * @param active requests, by id, that may still change by themselves
 * @param settled requests that change only when somebody asks, oldest first
 * @param nextCall number of the next question put to an agent
 * @param wakeNs when the shell was last told to come back, {@link Long#MAX_VALUE} for never
 */
public record GateState(
        GatePolicy policy,
        Map<CellId, CellState> cells,
        Map<String, StartRequest> active,
        Map<String, StartRequest> settled,
        long nextCall,
        long wakeNs) {

    public GateState {
        cells = Collections.unmodifiableMap(cells);
        active = Collections.unmodifiableMap(active);
        settled = Collections.unmodifiableMap(settled);
    }

    /** A gate that has heard nothing yet, with the verdicts that are kept over a restart. */
    public static GateState of(
            GatePolicy policy, Map<CellId, List<HostId>> cells, Collection<StartRequest> remembered) {
        Map<CellId, CellState> known = new LinkedHashMap<>();
        cells.forEach((cell, hosts) -> known.put(cell, CellState.of(cell, hosts)));
        Map<String, StartRequest> settled = new LinkedHashMap<>();
        remembered.forEach(request -> settled.put(request.id(), request));
        return new GateState(policy, known, Map.of(), settled, 1, Long.MAX_VALUE);
    }

    public Optional<StartRequest> request(String id) {
        StartRequest found = active.get(id);
        return Optional.ofNullable(found == null ? settled.get(id) : found);
    }

    public Optional<CellState> cell(CellId id) {
        return Optional.ofNullable(cells.get(id));
    }
}
