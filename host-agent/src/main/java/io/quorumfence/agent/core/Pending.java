package io.quorumfence.agent.core;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.ReplyId;

/** What a request to the register was for. */
sealed interface Pending {
    record JoinWanted() implements Pending {}

    record RefreshWanted() implements Pending {}

    record ClaimWanted(HostId suspect, long work) implements Pending {}

    record ProofWanted(HostId suspect, long work) implements Pending {}

    record PowerWanted(HostId suspect, long work) implements Pending {}

    /** A read of the record right before an off. */
    record PowerRead(long work) implements Pending {}

    /** A read of the record right before a shell is sent for somebody else. */
    record ShellRead(HostId suspect, long id) implements Pending {}

    record AbandonWanted(FenceToken token) implements Pending {}

    record WithdrawWanted(FenceToken token) implements Pending {}

    record GrantWanted(ReplyId reply, String requestId, io.quorumfence.model.VmId vm) implements Pending {}

    record RedeemWanted(ReplyId reply, long permit) implements Pending {}

    /**
     * A claim for the start that a hook has asked for.
     *
     * @param first whether this host held nothing of the VM before
     */
    record StartWanted(ReplyId reply, io.quorumfence.model.VmId vm, String claim, boolean first) implements Pending {}

    /** A claim for a VM that runs here. */
    record RunWanted(io.quorumfence.model.VmId vm, String claim) implements Pending {}

    record EndWanted(ReplyId reply, long permit) implements Pending {}

    /** The host ends its own redeemed permit: the VM was seen and is verified gone. */
    record OwnEndWanted(long permit) implements Pending {}

    record ClassWanted(io.quorumfence.model.observation.RequestObservation.ClassAsked asked) implements Pending {}

    /** This life treats a VM as protected again. */
    record HearWanted(io.quorumfence.model.VmId vm, long turn) implements Pending {}

    record RecordWanted(ReplyId reply) implements Pending {}
}
