package io.quorumfence.model.observation;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.LockAnswer;
import io.quorumfence.model.PowerAction;
import io.quorumfence.model.PowerAnswer;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.VmId;
import java.util.List;
import java.util.Set;

/** How a command ended that acted on the world. */
public sealed interface EffectObservation extends Observation {

    record LockAnswered(long work, LockAnswer answer) implements EffectObservation {}

    /**
     * A sibling-ssh attempt ended.
     *
     * @param startedNs when it started, on this host's clock
     * @param evidence one redacted line
     * @param ended VMs whose process was found there and ended
     */
    record SshFinished(long work, long attempt, SshVerdict verdict, long startedNs, String evidence, Set<VmId> ended)
            implements EffectObservation {
        public SshFinished {
            ended = Set.copyOf(ended);
        }
    }

    /**
     * A host showed its ssh host key.
     *
     * @param trouble empty when it was the pinned one; else one line with the fingerprints of both
     */
    record HostKeyCompared(HostId host, String trouble) implements EffectObservation {}

    /**
     * The self-fence ended.
     *
     * @param verifiedGone every protected VM's process was verified gone
     * @param survivors VMs whose process could not be ended
     * @param spared VMs that it neither ended nor looked for
     */
    record VmsStopped(boolean verifiedGone, List<VmId> survivors, Set<VmId> spared) implements EffectObservation {
        public VmsStopped {
            survivors = List.copyOf(survivors);
            spared = Set.copyOf(spared);
        }

        /** Of a run that looked for all VMs. */
        public VmsStopped(boolean verifiedGone, List<VmId> survivors) {
            this(verifiedGone, survivors, Set.of());
        }
    }

    /** The promise is on tmpfs; it may be sent now. */
    record PromiseStored(FenceToken token, boolean ok) implements EffectObservation {}

    /** The barrier for this VM is on tmpfs. */
    record BarrierStored(VmId vm, boolean ok) implements EffectObservation {}

    /** The record of this version is on tmpfs, or could not be put there. */
    record RecordStored(long version, boolean ok) implements EffectObservation {}

    /** What the self-fence keeps is on the local disk, or could not be put there. */
    record MemoryStored(long op, boolean ok) implements EffectObservation {}

    /** A deed on the host was begun, or could not be. */
    record HostActed(SelfFenceAction action, boolean ok, String detail) implements EffectObservation {}

    /** An alert reached its receiver, or was given up. */
    record AlertDelivered(String code, boolean ok, String detail) implements EffectObservation {}

    /**
     * A call of fence devices ended, with all of its processes.
     *
     * @param evidence one redacted line
     */
    record PowerAnswered(long work, long attempt, PowerAction action, PowerAnswer answer, String evidence)
            implements EffectObservation {}

    /**
     * No off of this claim is under way on this host.
     *
     * @param forGood none will be begun, either
     */
    record PowerEnded(FenceToken token, boolean forGood) implements EffectObservation {}

    /**
     * A look at the fence devices of a host in quiet times.
     *
     * @param ok programs, parameters and devices are as they should be
     * @param answer what they say of the host's power
     */
    record PowerChecked(HostId host, boolean ok, PowerAnswer answer, String detail) implements EffectObservation {}

    /** What the devices of a silent host said to LookAtPower. */
    record PowerLooked(HostId host, long look, PowerAnswer answer, String detail) implements EffectObservation {}
}
