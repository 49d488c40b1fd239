package io.quorumfence.sim;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.observation.EffectObservation;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** A sibling's shell on a suspect: incarnation checked there, barrier first, then kill, then verify. */
final class SimSsh {
    private static final long CONNECT_NS = 1_500 * SimCell.MILLI;

    private final SimCell cell;
    /** Share of the answers that never arrive. */
    double lost = 0.1;

    SimSsh(SimCell cell) {
        this.cell = cell;
    }

    void fence(SimHost from, LocalCommand.FenceBySsh command) {
        SimHost target = cell.host(command.suspect());
        long startedNs = from.nowNs();
        int process = from.agent.process();
        boolean[] answered = {false};
        BiConsumer<SshVerdict, Set<VmId>> answer = (verdict, ended) -> from.after(0, () -> {
            if (!answered[0] && from.agent.process() == process) {
                answered[0] = true;
                from.agent.offer(new EffectObservation.SshFinished(
                        command.work(), command.attempt(), verdict, startedNs, "simulated", ended));
            }
        });
        if (!target.sshOpen || !target.powered) {
            from.after(CONNECT_NS, () -> answer.accept(SshVerdict.UNREACHABLE, Set.of()));
            return;
        }
        // A command that hangs after the connect is given up as ambiguous; what it does there it still does.
        from.after(6_000 * SimCell.MILLI, () -> answer.accept(SshVerdict.AMBIGUOUS, Set.of()));
        target.after(cell.upTo(100 * SimCell.MILLI), () -> onTarget(from, target, command, answer));
    }

    private void onTarget(
            SimHost from, SimHost target, LocalCommand.FenceBySsh command, BiConsumer<SshVerdict, Set<VmId>> answer) {
        Incarnation life = command.life();
        FenceToken token = command.token();
        if (isAnotherLife(target, life, answer)) {
            return;
        }
        target.tmpfs.fence(life.counter(), token);
        target.note("a sibling's shell puts its barrier on life " + life.counter());
        target.after(cell.upTo(1_000 * SimCell.MILLI), () -> {
            // The helper lists, looks at the incarnation once more, and kills what it has listed.
            if (isAnotherLife(target, life, answer)) {
                return;
            }
            cell.oracle.shellKills(from, target);
            Set<VmId> found = new TreeSet<>(target.vms.all());
            found.removeAll(command.spared());
            Set<VmId> alive = Set.copyOf(target.vms.killAll(command.spared()));
            Set<VmId> ended = target.tmpfs.goneUnder(token, found, alive);
            back(answer, alive.isEmpty() ? SshVerdict.CONFIRMED_DEAD : SshVerdict.STILL_ALIVE, ended);
        });
    }

    private boolean isAnotherLife(SimHost target, Incarnation life, BiConsumer<SshVerdict, Set<VmId>> answer) {
        if (!life.equals(target.tmpfs.life)) {
            back(answer, SshVerdict.AMBIGUOUS, Set.of());
            return true;
        }
        return false;
    }

    private void back(BiConsumer<SshVerdict, Set<VmId>> answer, SshVerdict verdict, Set<VmId> ended) {
        if (!cell.chance(lost)) {
            cell.time.after(cell.upTo(50 * SimCell.MILLI), () -> answer.accept(verdict, ended));
        }
    }
}
