package io.quorumfence.agent.core;

import io.quorumfence.model.Permit;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.observation.LocalObservation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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

    /** A question of the hook: armed first, then decided, then kept on tmpfs. */
    record StartWait(ReplyId reply, VmId vm, long askedNs, Way way, boolean deciding, Optional<Decided> decided) {
        /**
         * How the VM comes.
         *
         * @param incoming a migration of it begins
         * @param reservation of the migration whose process begins; 0 for any other start
         */
        record Way(boolean incoming, long reservation) {
            static final Way START = new Way(false, 0);
            static final Way MIGRATION = new Way(true, 0);
        }

        /**
         * @param claim the permit under which it may start
         * @param first whether this host held nothing of the VM before
         * @param version the record that shows it; to be on tmpfs before the answer
         * @param spentBelow tokens below it name no claim that stood on this life then
         * @param lost it cannot be kept
         */
        record Decided(Permit claim, boolean first, long version, long spentBelow, boolean lost) {}

        StartWait(ReplyId reply, VmId vm, long askedNs, Way way) {
            this(reply, vm, askedNs, way, false, Optional.empty());
        }

        StartWait asDeciding() {
            return new StartWait(reply, vm, askedNs, way, true, Optional.empty());
        }

        StartWait as(Decided what) {
            return new StartWait(reply, vm, askedNs, way, true, Optional.of(what));
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

    final Map<ReplyId, StartWait> starts = new LinkedHashMap<>();
    /**
     * Claims of starts that were allowed, and the list from which on a sight of their VM counts: an older one may show
     * the process that was there before.
     */
    final Map<Long, Long> sightsFrom = new HashMap<>();
    /** Own reservations for migrations, and since when this process knows of them. */
    final Map<Long, Long> moves = new HashMap<>();
    /** When the hook asked for the last start of a VM that was allowed. */
    final Map<VmId, Long> admittedNs = new HashMap<>();
    /** Ends of which libvirt spoke before this agent knew its life and the record. */
    final Map<VmId, LocalObservation.VmReleased> early = new LinkedHashMap<>();
    /** VMs that run here and whose claim is being decided. */
    final Set<VmId> claiming = new HashSet<>();
    /** When a claim that was refused is asked for again, and why it was refused. */
    final Map<VmId, ClaimRefused> refusedClaims = new LinkedHashMap<>();

    record ClaimRefused(long againNs, String code, String detail) {}

    /** Turns of exemptions of which this life is saying that it knows their end. */
    final Set<Long> hearing = new HashSet<>();

    /** Starts that root let pass, and until when they are told as an alert. */
    final Map<VmId, Glass> glass = new LinkedHashMap<>();

    record Glass(String what, long untilNs) {}

    PermitWork copy() {
        PermitWork twin = new PermitWork();
        twin.absences.putAll(absences);
        twin.redeems.putAll(redeems);
        twin.barriers.addAll(barriers);
        twin.seenRunning.addAll(seenRunning);
        twin.ending.addAll(ending);
        twin.grantedNs.putAll(grantedNs);
        twin.starts.putAll(starts);
        twin.sightsFrom.putAll(sightsFrom);
        twin.moves.putAll(moves);
        twin.admittedNs.putAll(admittedNs);
        twin.early.putAll(early);
        twin.claiming.addAll(claiming);
        twin.refusedClaims.putAll(refusedClaims);
        twin.hearing.addAll(hearing);
        twin.glass.putAll(glass);
        return twin;
    }
}
