package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.Verdict.Refuse;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Which cell a request is about: the named one, or the only one that knows its hosts. */
final class Placement {
    private Placement() {}

    static Optional<CellId> cellOf(StartQuestion question, Map<CellId, CellState> cells) {
        CellId named = question.cell();
        if (named != null) {
            return cells.containsKey(named) ? Optional.of(named) : Optional.empty();
        }
        if (cells.size() == 1) {
            return Optional.of(cells.keySet().iterator().next());
        }
        List<CellId> fitting = cells.values().stream()
                .filter(cell -> cell.agents().containsKey(question.lastHost())
                        && cell.agents().containsKey(question.destination()))
                .map(CellState::cell)
                .toList();
        return fitting.size() == 1 ? Optional.of(fitting.get(0)) : Optional.empty();
    }

    static Refuse refusal(StartQuestion question, Map<CellId, CellState> cells) {
        if (question.cell() != null) {
            return new Refuse(Reason.CELL_UNKNOWN, "cell " + question.cell() + " is not configured here", List.of());
        }
        Optional<HostId> stranger = Stream.of(question.lastHost(), question.destination())
                .filter(host ->
                        cells.values().stream().noneMatch(cell -> cell.agents().containsKey(host)))
                .findFirst();
        return stranger.map(host ->
                        new Refuse(Reason.UNKNOWN_HOST, "host " + host + " is in no configured cell", List.of()))
                .orElseGet(() -> new Refuse(
                        Reason.CELL_UNKNOWN,
                        "hosts " + question.lastHost() + " and " + question.destination()
                                + " fit no cell or several; name the cell",
                        List.of()));
    }
}
