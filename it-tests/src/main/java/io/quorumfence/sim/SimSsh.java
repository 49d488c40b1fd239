package io.quorumfence.sim;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.observation.EffectObservation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** A sibling's shell on a suspect: incarnation checked there, barrier first, then kill, then verify. */
final class SimSsh {
    private static final long CONNECT_NS = 1_500 * SimCell.MILLI;

    /** A login may take so long. */
    private static final long STALE_NS = 5_100 * SimCell.MILLI;

    private final SimCell cell;
    private final Map<HostId, Integer> sent = new HashMap<>();
    /** From whom to whom nothing gets through. */
    private final Set<List<HostId>> ways = new HashSet<>();
    /** How long the logins of a host take. */
    final Map<HostId, Long> loginNs = new HashMap<>();
    /** Share of the answers that never arrive. */
    double lost = 0.1;

    SimSsh(SimCell cell) {
        this.cell = cell;
    }

    /** How often a host's agent sent its shell anywhere. */
    int sentBy(SimHost from) {
        return sent.getOrDefault(from.id, 0);
    }

    void fence(SimHost from, LocalCommand.FenceBySsh command) {
        sent.merge(from.id, 1, Integer::sum);
        cell.oracle.shellSent(from, command);
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
        // The fencer looks at the age of the decision as the last thing before it sends anything.
        if (startedNs - command.decidedNs() > STALE_NS) {
            answer.accept(SshVerdict.AMBIGUOUS, Set.of());
            return;
        }
        if (!isOpen(from, target) || !target.powered) {
            from.after(CONNECT_NS, () -> answer.accept(SshVerdict.UNREACHABLE, Set.of()));
            return;
        }
        // A command that hangs after the connect is given up as ambiguous; what it does there it still does.
        long login = loginNs.getOrDefault(from.id, 0L);
        from.after(login + 6_000 * SimCell.MILLI, () -> answer.accept(SshVerdict.AMBIGUOUS, Set.of()));
        target.after(login + cell.upTo(100 * SimCell.MILLI), () -> onTarget(from, target, command, answer));
    }

    private void onTarget(
            SimHost from, SimHost target, LocalCommand.FenceBySsh command, BiConsumer<SshVerdict, Set<VmId>> answer) {
        Incarnation life = command.life();
        FenceToken token = command.token();
        if (isNotMeant(target, life, token, answer)) {
            return;
        }
        target.tmpfs.fence(life.counter(), token);
        target.note("a sibling's shell puts its barrier on life " + life.counter());
        target.after(cell.upTo(1_000 * SimCell.MILLI), () -> {
            // The helper lists, looks at the incarnation once more, and kills what it has listed.
            if (isNotMeant(target, life, token, answer)) {
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

    /** Cuts or opens one host's way to another's shell. */
    void cut(SimHost from, SimHost target, boolean shut) {
        if (shut) {
            ways.add(List.of(from.id, target.id));
        } else {
            ways.remove(List.of(from.id, target.id));
        }
    }

    private boolean isOpen(SimHost from, SimHost target) {
        return target.sshOpen && !ways.contains(List.of(from.id, target.id));
    }

    /** Another life, or a claim that this one knows as taken back. */
    private boolean isNotMeant(
            SimHost target, Incarnation life, FenceToken token, BiConsumer<SshVerdict, Set<VmId>> answer) {
        if (!life.equals(target.tmpfs.life)) {
            back(answer, SshVerdict.AMBIGUOUS, Set.of());
            return true;
        }
        if (token.value() < target.tmpfs.spentBelow) {
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
