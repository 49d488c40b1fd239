package io.quorumfence.coordinator.shell;

import io.quorumfence.coordinator.core.AgentReport;
import io.quorumfence.coordinator.core.GateEvent;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;

/** Told of what the gate decided and of how polls ended. Called on the gate's loop; must not block or throw. */
public interface GateListener {

    default void decided(GateEvent event) {}

    default void polled(CellId cell, HostId host, AgentReport report) {}
}
