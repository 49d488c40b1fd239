package io.quorumfence.sim;

import io.quorumfence.model.HostId;
import io.quorumfence.model.LockAnswer;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.observation.EffectObservation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The distributed lock: saves work as a rule, and at times has two holders, none, or gives no answer. */
final class SimLock {
    private final SimCell cell;
    private final Map<HostId, SimHost> holders = new HashMap<>();
    private final Set<HostId> kept = new HashSet<>();
    boolean lies;
    /** Whoever asks has it: what a cut cluster does. */
    boolean everybodyHolds;

    SimLock(SimCell cell) {
        this.cell = cell;
    }

    void take(SimHost host, LocalCommand.TakeLock command) {
        if (lies && cell.chance(0.3)) {
            return;
        }
        int process = host.agent.process();
        host.after(cell.upTo(20 * SimCell.MILLI), () -> {
            if (host.agent.process() == process) {
                host.agent.offer(new EffectObservation.LockAnswered(command.work(), answer(host, command.suspect())));
            }
        });
    }

    private LockAnswer answer(SimHost host, HostId suspect) {
        if (lies) {
            return LockAnswer.values()[(int) cell.upTo(LockAnswer.values().length)];
        }
        if (everybodyHolds) {
            return LockAnswer.ACQUIRED;
        }
        SimHost holder = holders.putIfAbsent(suspect, host);
        return holder == null || holder == host ? LockAnswer.ACQUIRED : LockAnswer.HELD_ELSEWHERE;
    }

    /** The host has it from now on, whoever asks. */
    void hold(SimHost host, HostId suspect) {
        holders.put(suspect, host);
        kept.add(suspect);
    }

    void release(SimHost host, HostId suspect) {
        if (!kept.contains(suspect)) {
            holders.remove(suspect, host);
        }
    }

    void died(SimHost host) {
        holders.values().removeIf(holder -> holder == host);
    }
}
