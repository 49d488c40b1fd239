package io.quorumfence.model.observation;

import io.quorumfence.model.VmSeen;
import java.util.List;

/** What the host itself shows. */
public sealed interface LocalObservation extends Observation {

    /** Time has passed; carries nothing. */
    record Ticked() implements LocalObservation {}

    /**
     * The VMs on this host, libvirt's word and the process table's together.
     *
     * @param complete false when either source could not be read fully
     * @param inFlight starts or incoming migrations not finished
     * @param question the {@code ListVms} command this answers, 0 for an unasked poll or event
     */
    record VmsListed(List<VmSeen> vms, boolean complete, boolean inFlight, long question) implements LocalObservation {
        public VmsListed {
            vms = List.copyOf(vms);
        }
    }

    /**
     * The keeper's shared memory, read periodically.
     *
     * @param feeding the keeper is alive and its watchdog is open
     * @param latchedCounter highest incarnation counter it has latched, 0 if none
     * @param watchdogNs the watchdog's real timeout
     */
    record KeeperSeen(boolean feeding, long latchedCounter, long watchdogNs) implements LocalObservation {}
}
