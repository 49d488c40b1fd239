package io.quorumfence.coordinator.core;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;

/** What the gate asks of the shell. Every question is answered by exactly one observation with the same call. */
public sealed interface GateCommand {

    /** Poll the cell's agents at the busy pace, or at rest; a change to busy polls at once. */
    record SetPace(CellId cell, boolean isBusy) implements GateCommand {}

    /** Come back at this time. A later command of the same kind replaces it. */
    record WakeAt(long atNs) implements GateCommand {}

    record AskHost(String id, long call, CellId cell, HostId host, VmId vm) implements GateCommand {}

    record AskPermit(String id, long call, CellId cell, HostId agent, StartQuestion question, Basis basis, long ttlMs)
            implements GateCommand {}

    record EndPermit(String id, long call, CellId cell, HostId agent, long permit, String reason)
            implements GateCommand {}

    /** The asker gets the answers of this request. */
    record Attach(long asker, String id) implements GateCommand {}

    /** The ask itself is refused; no request was touched. */
    record TurnAway(long asker, String code, String text, boolean retryable) implements GateCommand {}
}
