package io.quorumfence.sim;

import io.quorumfence.agent.core.BootFacts;
import io.quorumfence.config.CellConfig;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Promise;
import io.quorumfence.model.VmId;
import io.quorumfence.record.CellRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What agents of one kernel boot leave to each other, to the start hook and to a sibling's shell. */
final class SimTmpfs {
    @Nullable
    Incarnation life;

    boolean joined;

    @Nullable
    CellRecord record;

    /** What this boot's life has promised. */
    @Nullable
    CellConfig terms;

    List<Promise> promises = List.of();
    final Set<VmId> barriers = new HashSet<>();
    /** VMs admitted by a redeemed permit, with the life that redeemed it. */
    private final Map<VmId, Long> admitted = new HashMap<>();

    /** A shell that is sent under an older claim does nothing here. */
    long spentBelow;

    long latched;
    long cleared;
    long leaseEndNs = BootFacts.UNKNOWN_NS;
    /** A sibling's shell put its barrier on this life, for this claim. */
    private long fencedLife;

    private @Nullable FenceToken fencedFor;

    private final Set<VmId> found = new HashSet<>();
    private @Nullable FenceToken foundFor;
    /** What libvirt said while no agent ran, and when. */
    final Map<VmId, Long> released = new java.util.TreeMap<>();

    void fence(long counter, FenceToken token) {
        fencedLife = counter;
        fencedFor = token;
    }

    /** Which VMs of those that the shells of one claim have found are gone: an earlier answer may be lost. */
    Set<VmId> goneUnder(FenceToken token, Set<VmId> nowFound, Set<VmId> alive) {
        if (!token.equals(foundFor)) {
            found.clear();
        }
        foundFor = token;
        found.addAll(nowFound);
        Set<VmId> gone = new HashSet<>(found);
        gone.removeAll(alive);
        return gone;
    }

    /** The barrier of a claim that was withdrawn or abandoned is void. */
    void keep(CellRecord applied) {
        record = applied;
        boolean spent = fencedFor != null
                && applied.claim(fencedFor)
                        .filter(claim -> claim.stage() == ClaimStage.WITHDRAWN || claim.stage() == ClaimStage.ABANDONED)
                        .isPresent();
        if (spent) {
            fencedLife = 0;
        }
    }

    void admit(VmId vm) {
        barriers.remove(vm);
        if (life != null) {
            admitted.put(vm, life.counter());
        }
    }

    void bar(VmId vm) {
        barriers.add(vm);
        admitted.remove(vm);
    }

    /** What an enforcing host's hook looks at after the agent's yes: a sibling's shell may have come meanwhile. */
    boolean isShut(long latchedByKeeper) {
        return life == null || Math.max(latched, latchedByKeeper) >= life.counter() || fencedLife >= life.counter();
    }

    /** The start hook, the last thing before the exec: files and shared memory only, no agent is asked. */
    boolean admits(VmId vm, long latchedByKeeper) {
        if (life == null || !joined || barriers.contains(vm)) {
            return false;
        }
        long counter = life.counter();
        boolean ended = Math.max(latched, latchedByKeeper) >= counter || fencedLife >= counter;
        return !ended && admitted.getOrDefault(vm, 0L) == counter;
    }
}
