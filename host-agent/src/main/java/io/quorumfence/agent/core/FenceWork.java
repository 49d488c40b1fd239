package io.quorumfence.agent.core;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Opinion;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** This host's work on one suspect; the order of the stages is the order of safety.md, "Declaring (S, i) fenced". */
final class FenceWork {
    /** Where the work stands. */
    enum Stage {
        /** Waits for the courtesy lock. */
        LOCK,
        /** Collects second opinions. */
        OPINIONS,
        /** The claim (or its takeover) is being decided. */
        CLAIMING,
        /** Mailbox on hold: write, then read the suspect's slot, on the same storage majority. */
        MAILING,
        /** Collects promises from a blocking set. */
        PROMISING,
        /** Mailbox raised to execute. */
        RAISING,
        /** Climbs the ladder until one rung proves. */
        CLIMBING,
        /** The proof is being decided. */
        PROVING,
        /** The suspect was seen; the claim is being withdrawn. */
        WITHDRAWING
    }

    final long id;
    final HostId suspect;
    final Incarnation life;
    Stage stage = Stage.LOCK;
    long sinceNs;
    boolean locked;
    /** The claimer this work takes over from; null for a claim of its own. */
    @Nullable
    HostId takeOverFrom;

    @Nullable
    FenceToken token;

    long claimVersion;
    final Map<HostId, Opinion> opinions = new HashMap<>();
    final Map<HostId, Long> askedNs = new HashMap<>();
    final Map<HostId, HeldPromise> promises = new HashMap<>();
    final Set<StorageId> held = new HashSet<>();
    final Set<StorageId> raised = new HashSet<>();
    long sshAttempt;
    boolean sshRunning;
    long sshNextNs = Timing.NEVER;
    long sshStartedNs = Timing.NEVER;

    @Nullable
    SshVerdict sshVerdict;

    /** Whose shell is asked for when the own one reaches nobody. */
    SiblingRound round = new SiblingRound();

    /** When the ladder was first climbed. */
    long climbedNs = Timing.NEVER;

    PowerWork power = new PowerWork();
    /** A shell found a VM alive past the time by which its host had promised an end. */
    boolean outlived;
    /** VMs whose process an attempt of this work has found there and ended. */
    final Set<VmId> ended = new HashSet<>();

    /** VMs that the last attempt was told to leave alone. */
    Set<VmId> spared = Set.of();

    String detail = "";

    FenceWork(long id, HostId suspect, Incarnation life, long nowNs) {
        this.id = id;
        this.suspect = suspect;
        this.life = life;
        this.sinceNs = nowNs;
    }

    FenceWork copy() {
        FenceWork twin = new FenceWork(id, suspect, life, sinceNs);
        twin.stage = stage;
        twin.locked = locked;
        twin.takeOverFrom = takeOverFrom;
        twin.token = token;
        twin.claimVersion = claimVersion;
        twin.opinions.putAll(opinions);
        twin.askedNs.putAll(askedNs);
        twin.promises.putAll(promises);
        twin.held.addAll(held);
        twin.raised.addAll(raised);
        twin.sshAttempt = sshAttempt;
        twin.sshRunning = sshRunning;
        twin.sshNextNs = sshNextNs;
        twin.sshStartedNs = sshStartedNs;
        twin.sshVerdict = sshVerdict;
        twin.climbedNs = climbedNs;
        twin.round = round.copy();
        twin.power = power.copy();
        twin.outlived = outlived;
        twin.ended.addAll(ended);
        twin.spared = spared;
        twin.detail = detail;
        return twin;
    }

    void enter(Stage next, long nowNs) {
        stage = next;
        sinceNs = nowNs;
        climbedNs = next == Stage.CLIMBING && climbedNs == Timing.NEVER ? nowNs : climbedNs;
        askedNs.clear();
    }

    /** Whether a shell of this work, here or of a sibling, may be at the suspect. */
    boolean hasShell(long nowNs) {
        return sshRunning || round.mayRun(nowNs);
    }

    FenceToken requireToken() {
        if (token == null) {
            throw new IllegalStateException("work on " + suspect + " at " + stage + " without a token");
        }
        return token;
    }
}
