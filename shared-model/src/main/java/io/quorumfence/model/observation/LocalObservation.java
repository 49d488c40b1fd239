package io.quorumfence.model.observation;

import io.quorumfence.model.VmId;
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
     * Libvirt's hook: libvirt is done with this VM here; its process has ended, or never was.
     *
     * @param saidNs when the hook said so, on this host's clock
     */
    record VmReleased(VmId vm, long saidNs) implements LocalObservation {}

    /**
     * Root let a VM start past the hook's refusal.
     *
     * @param what what was done, with the name and the reason that were given
     */
    record GlassBroken(VmId vm, String what, long saidNs) implements LocalObservation {}

    /**
     * What is known of the watchdog beside that; told when it changes.
     *
     * @param identity what the device calls itself, empty when none is open or it has no name
     * @param askedMs the timeout it was asked for; what it really does is in {@link KeeperSeen}
     * @param nowayout its driver never disarms, so its keeper is never stopped in order
     * @param lastResetByWatchdog the driver says that it reset this host the last time
     * @param trouble why there is no open watchdog, one line; empty when nothing is known to be wrong
     */
    record WatchdogReported(
            String identity, long askedMs, boolean nowayout, boolean lastResetByWatchdog, String trouble)
            implements LocalObservation {
        public static final WatchdogReported NOTHING = new WatchdogReported("", 0, false, false, "");
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
