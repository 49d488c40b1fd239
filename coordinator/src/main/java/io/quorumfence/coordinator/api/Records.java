package io.quorumfence.coordinator.api;

import io.quorumfence.coordinator.core.CellView;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.coordinator.shell.GateLoop;
import io.quorumfence.model.CellId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Views of the gate's state for answers. Belongs to the gate's loop. */
final class Records {
    private Records() {}

    static Optional<CellView> view(GateLoop gate, @Nullable CellId cell) {
        return cell == null
                ? Optional.empty()
                : gate.state()
                        .cell(cell)
                        .map(known -> CellView.of(known, gate.state().policy(), gate.nowNs()));
    }

    static Optional<RecordView> newest(GateLoop gate, @Nullable CellId cell) {
        return view(gate, cell).flatMap(CellView::record);
    }
}
