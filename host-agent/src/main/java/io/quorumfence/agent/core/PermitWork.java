package io.quorumfence.agent.core;

import io.quorumfence.model.ReplyId;
import io.quorumfence.model.VmId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Requests of the gate that wait for something on this host. */
final class PermitWork {
    /** A host-says question: barrier first, then a fresh list. */
    record AbsenceWait(ReplyId reply, VmId vm, long sinceNs, long question) {}

    /**
     * A redemption: armed first, then decided, then on tmpfs, so that a successor of this process knows of the start.
     *
     * @param storing the record version that must be on tmpfs; 0 as long as nothing is decided
     */
    record RedeemWait(ReplyId reply, VmId vm, long permit, long sinceNs, boolean deciding, long storing) {
        RedeemWait asDeciding() {
            return new RedeemWait(reply, vm, permit, sinceNs, true, 0);
        }

        RedeemWait asStoring(long version) {
            return new RedeemWait(reply, vm, permit, sinceNs, true, version);
        }
    }

    final Map<ReplyId, AbsenceWait> absences = new LinkedHashMap<>();
    final Map<ReplyId, RedeemWait> redeems = new LinkedHashMap<>();
    /** VMs behind a start barrier: the host said they are absent. */
    final Set<VmId> barriers = new HashSet<>();
    /** Redeemed permits whose VM was seen running here. */
    final Set<Long> seenRunning = new HashSet<>();
    /** Own redeemed permits whose end is being decided. */
    final Set<Long> ending = new HashSet<>();

    /** Permits for this host that nobody has redeemed yet, and since when it knows of them. */
    final Map<Long, Long> grantedNs = new LinkedHashMap<>();

    PermitWork copy() {
        PermitWork twin = new PermitWork();
        twin.absences.putAll(absences);
        twin.redeems.putAll(redeems);
        twin.barriers.addAll(barriers);
        twin.seenRunning.addAll(seenRunning);
        twin.ending.addAll(ending);
        twin.grantedNs.putAll(grantedNs);
        return twin;
    }
}
