package io.quorumfence.model.command;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.PowerAction;
import io.quorumfence.model.Promise;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.SelfFenceMemory;
import io.quorumfence.model.VmId;
import io.quorumfence.record.CellRecord;
import java.util.List;
import java.util.Set;

/** Effects on this host or from it. */
public sealed interface LocalCommand extends Command {
    /** No expiry: nothing to protect. */
    long NO_EXPIRY = Long.MAX_VALUE;

    @Override
    default boolean needsFlush() {
        return false;
    }

    /**
     * Move the keeper's expiry; a plain store to shared memory.
     *
     * @param leaseEndNs kept beside it, so that a restarted agent knows its lease
     */
    record SetExpiry(long counter, long expiryNs, long leaseEndNs) implements LocalCommand {}

    /** Keep the latch of this life on tmpfs. */
    record StoreLatch(long counter) implements LocalCommand {}

    /**
     * Keep on tmpfs that nothing of this latched life is left and no start of it may be under way: what this process
     * saw run, its successor can only guess.
     */
    record StoreCleared(long counter) implements LocalCommand {}

    /**
     * Keep on tmpfs that every claim on this life with a token below this one is spent: a shell that comes late for one
     * does nothing. Never lowered.
     */
    record StoreSpent(long below) implements LocalCommand {}

    /** Keep this life on tmpfs: a restarted agent of the same boot goes on with it. */
    record StoreIncarnation(Incarnation life, boolean joined) implements LocalCommand {}

    /**
     * Keep the applied record on tmpfs, in the order of the commands; answered by RecordStored. A restarted process
     * goes on from it: one that cannot be stored removes the older one.
     */
    record StoreRecord(CellRecord record) implements LocalCommand {}

    /**
     * Self-fence: end every protected VM's process and verify; answered by VmsStopped.
     *
     * @param spared VMs of class ignore, which are neither ended nor looked for
     */
    record StopVms(long deadlineNs, Set<VmId> spared) implements LocalCommand {
        public StopVms {
            spared = Set.copyOf(spared);
        }

        @Override
        public boolean wantsReasonFirst() {
            return true;
        }
    }

    /**
     * Self-fence by a deed on the host: graceful reboot, a reboot's own trigger, or a restart of the agent; answered by
     * HostActed. The watchdog does not wait for it.
     */
    record ActOnHost(SelfFenceAction action, long deadlineNs) implements LocalCommand {
        @Override
        public boolean wantsReasonFirst() {
            return true;
        }
    }

    /** Keep this on a local disk, there before the answer; answered by MemoryStored. */
    record StoreMemory(long op, SelfFenceMemory memory) implements LocalCommand {}

    /** Tell people; answered by AlertDelivered once it is settled. Nothing waits for it. */
    record DeliverAlert(String code, String text, boolean raised) implements LocalCommand {}

    /** List now; answered by VmsListed with the same question. */
    record ListVms(long question) implements LocalCommand {}

    /** Put a start barrier for one VM on tmpfs; answered by BarrierStored. */
    record StoreBarrier(VmId vm) implements LocalCommand {
        @Override
        public boolean needsFlush() {
            return true;
        }
    }

    /** Lift the barrier: a permit for the VM was redeemed here. */
    record LiftBarrier(VmId vm) implements LocalCommand {}

    /** Put all promises in force on tmpfs; answered by PromiseStored for the newest. */
    record StorePromises(List<Promise> promises, FenceToken newest) implements LocalCommand {
        public StorePromises {
            promises = List.copyOf(promises);
        }

        @Override
        public boolean needsFlush() {
            return true;
        }
    }

    /** Take the courtesy lock of a suspect; answered by LockAnswered. */
    record TakeLock(long work, HostId suspect) implements LocalCommand {}

    record ReleaseLock(long work, HostId suspect) implements LocalCommand {}

    /**
     * Go to the suspect over every configured address; answered by SshFinished.
     *
     * @param decidedNs when; what waited too long for its journal line, or in a paused process, is not carried out
     * @param spared VMs of class ignore, which are neither ended nor looked for
     */
    record FenceBySsh(
            long work,
            long attempt,
            HostId suspect,
            Incarnation life,
            FenceToken token,
            long decidedNs,
            Set<VmId> spared)
            implements LocalCommand {
        public FenceBySsh {
            spared = Set.copyOf(spared);
        }

        @Override
        public boolean needsFlush() {
            return true;
        }
    }

    /**
     * Ask the fence devices of a suspect; answered by PowerAnswered once every process of the call is gone.
     *
     * @param notAfterNs no device is asked an *off* that late: looked at right before its process begins, by that
     *     process, on this host's clock
     * @param deadlineNs every process of the call is killed then
     */
    record RunPower(
            long work,
            long attempt,
            HostId suspect,
            FenceToken token,
            PowerAction action,
            long notAfterNs,
            long deadlineNs)
            implements LocalCommand {
        @Override
        public boolean needsFlush() {
            return action == PowerAction.OFF;
        }
    }

    /** Ask the fence devices of a silent host for their status, for no claim yet; answered by PowerLooked. */
    record LookAtPower(HostId host, long look) implements LocalCommand {}

    /**
     * End every off of this claim, by whichever process of this host's agent it was begun; answered by PowerEnded once
     * none is left.
     *
     * @param forGood none is begun any more, either
     */
    record EndPower(FenceToken token, HostId suspect, boolean forGood) implements LocalCommand {}
}
