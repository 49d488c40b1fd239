package io.quorumfence.model.command;

import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Opinion;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PromiseAnswer;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.ShellAnswer;
import io.quorumfence.model.VmId;
import java.util.List;

/** Answers to requests, one each. */
public sealed interface ReplyCommand extends Command {
    ReplyId reply();

    @Override
    default boolean needsFlush() {
        return false;
    }

    record ReplyOpinion(ReplyId reply, Opinion opinion) implements ReplyCommand {}

    record ReplyPromise(ReplyId reply, PromiseAnswer answer) implements ReplyCommand {
        @Override
        public boolean needsFlush() {
            return true;
        }
    }

    record ReplyShell(ReplyId reply, ShellAnswer answer) implements ReplyCommand {}

    /** What a host says of one VM. */
    enum Absence {
        ABSENT,
        PRESENT,
        UNKNOWN
    }

    record ReplyAbsence(ReplyId reply, VmId vm, HostId host, Incarnation life, Absence answer, String detail)
            implements ReplyCommand {
        @Override
        public boolean needsFlush() {
            return true;
        }
    }

    /** A permit was granted, redeemed or ended. */
    record ReplyPermit(ReplyId reply, Permit permit) implements ReplyCommand {
        @Override
        public boolean needsFlush() {
            return true;
        }
    }

    /**
     * The VM may start here, once: the claim stands in the record, and this host is armed.
     *
     * @param claim the permit that is its claim
     * @param spentBelow a barrier that a sibling's shell left for a token below this is none for this start: no such
     *     claim stood on this life when the start was decided
     */
    record ReplyAdmitted(ReplyId reply, VmId vm, long claim, long spentBelow) implements ReplyCommand {
        @Override
        public boolean needsFlush() {
            return true;
        }
    }

    /** The host may take VMs again. */
    record ReplyReleased(ReplyId reply, HostId host) implements ReplyCommand {
        @Override
        public boolean needsFlush() {
            return true;
        }
    }

    /** The operator's word was taken; whether it leads to a proof, the record shows. */
    record ReplyConfirmed(ReplyId reply, HostId host, Incarnation life) implements ReplyCommand {
        @Override
        public boolean needsFlush() {
            return true;
        }
    }

    /**
     * The class of the VM as the record has it.
     *
     * @param vmClass ignore, leaving or protected
     * @param awaited hosts that may still leave it alone
     */
    record ReplyClass(ReplyId reply, VmId vm, String vmClass, List<HostId> awaited) implements ReplyCommand {
        public ReplyClass {
            awaited = List.copyOf(awaited);
        }

        @Override
        public boolean needsFlush() {
            return true;
        }
    }

    record ReplyRecord(ReplyId reply, long version) implements ReplyCommand {}

    /**
     * The reaction was switched.
     *
     * @param inForce what the host does at the end of its lease from now on
     * @param owed whether an end is still promised: it stands until both majorities know that it is not any more
     */
    record ReplyReaction(ReplyId reply, boolean on, SelfFenceAction inForce, boolean owed) implements ReplyCommand {}

    /**
     * The request was not carried out, and nothing was changed.
     *
     * @param code stable reason code
     * @param retryable whether the same request may succeed later without anybody acting
     */
    record ReplyRefused(ReplyId reply, String code, String detail, boolean retryable) implements ReplyCommand {}
}
