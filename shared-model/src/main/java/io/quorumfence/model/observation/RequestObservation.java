package io.quorumfence.model.observation;

import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.VmId;
import io.quorumfence.record.PermitBasis;

/** A question that came in over HTTP; each is answered by exactly one {@code Reply} command. */
public sealed interface RequestObservation extends Observation {
    ReplyId reply();

    /** Peer: have you seen this life of the suspect lately? */
    record OpinionAsked(ReplyId reply, HostId asker, HostId suspect, Incarnation life) implements RequestObservation {}

    /** Peer: be bound by this claim. */
    record PromiseAsked(ReplyId reply, HostId asker, Claim claim, long recordVersion) implements RequestObservation {}

    /**
     * Peer: send your shell in place of mine, which reaches nobody.
     *
     * @param attempt of the asker, under this claim
     * @param echo this host's own clock, from an acknowledgement to the asker
     * @param waitNs how long after that the asker may find it ended, whatever it was told
     */
    record ShellAsked(
            ReplyId reply, HostId asker, long attempt, Claim claim, long recordVersion, long echo, long waitNs)
            implements RequestObservation {}

    /** Gate: is this VM not here, and do you promise not to start it without a permit (host-says)? */
    record AbsenceAsked(ReplyId reply, VmId vm) implements RequestObservation {}

    /** Gate: decide a permit in the record. */
    record GrantAsked(
            ReplyId reply,
            String requestId,
            VmId vm,
            HostId lastHost,
            HostId destination,
            PermitBasis basis,
            long ttlMs)
            implements RequestObservation {}

    /** Caller on the destination: take the permit, right before the start. */
    record RedeemAsked(ReplyId reply, long permit, VmId vm) implements RequestObservation {}

    /**
     * Libvirt's hook: may this VM start here, now?
     *
     * @param incoming it comes by a migration
     * @param remains process id of a qemu of this VM that is there already, or of one that does not say whose it is; 0
     *     if there is none
     * @param askedNs when the hook asked, on this host's clock; it waits no longer than its deadline from then
     */
    record StartAsked(ReplyId reply, VmId vm, boolean incoming, long remains, long askedNs)
            implements RequestObservation {}

    /**
     * Libvirt's hook: may the process begin that takes in this VM?
     *
     * @param reservation the number that the hook wrote into its definition when the migration was let in
     * @param remains as for any start
     */
    record ArrivalAsked(ReplyId reply, VmId vm, long reservation, long remains, long askedNs)
            implements RequestObservation {}

    /** Gate: the permit is not needed any more. */
    record EndAsked(ReplyId reply, long permit) implements RequestObservation {}

    /**
     * Operator: this fenced host may take VMs again.
     *
     * @param caller name in the certificate of whoever called
     * @param by the person, as that caller says
     */
    record ReleaseAsked(ReplyId reply, String caller, String by, String why) implements RequestObservation {}

    /**
     * Operator: this life of another host is dead.
     *
     * @param caller name in the certificate of whoever called
     * @param by the person, as that caller says
     * @param life the life that the person was shown
     * @param overridesStorm whether the claim may be made although the storm guard is shut
     */
    record ConfirmDeadAsked(
            ReplyId reply, String caller, String by, String why, HostId host, Incarnation life, boolean overridesStorm)
            implements RequestObservation {}

    /**
     * Operator: this VM is of class ignore from now on, or protected again.
     *
     * @param caller name in the certificate of whoever called
     * @param by the person, as that caller says
     */
    record ClassAsked(ReplyId reply, String caller, VmId vm, boolean ignore, String by, String why)
            implements RequestObservation {}

    /** Operator or gate: what stands in the record now (a linearizable read). */
    record RecordAsked(ReplyId reply) implements RequestObservation {}

    /** Operator: switch this host's reaction on or off. Asks nobody, so it works without a quorum. */
    record ReactionAsked(ReplyId reply, boolean on, String by) implements RequestObservation {}
}
