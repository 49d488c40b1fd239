package io.quorumfence.coordinator.core;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import java.util.List;

/** What reaches the gate. */
public sealed interface GateObservation {

    /** One poll of one agent has ended. */
    record StatusSeen(CellId cell, HostId host, AgentReport report) implements GateObservation {}

    /** A caller asks, for the first time or again. Exactly one Attach or TurnAway answers the asker. */
    record StartAsked(long asker, String id, StartQuestion question) implements GateObservation {}

    /** A caller asks for many VMs at once; each is a request of its own, answered as if it came alone. */
    record BatchAsked(List<StartAsked> asked) implements GateObservation {
        public BatchAsked {
            asked = List.copyOf(asked);
        }
    }

    /** A caller takes its request back. Exactly one Attach or TurnAway answers the asker. */
    record CancelAsked(long asker, String id) implements GateObservation {}

    /** The last host's agent was asked for the VM. */
    record HostAnswered(String id, long call, HostAnswer answer) implements GateObservation {}

    /** An agent was asked to have a permit decided. */
    record PermitAnswered(String id, long call, PermitAnswer answer) implements GateObservation {}

    /** An agent was asked to end a permit. */
    record EndAnswered(String id, long call, PermitAnswer answer) implements GateObservation {}

    /** A timer fired; what is due is for the core to compare. */
    record TimePassed() implements GateObservation {}
}
