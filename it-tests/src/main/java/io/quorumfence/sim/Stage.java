package io.quorumfence.sim;

import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Deadlines;
import io.quorumfence.config.Hook;
import io.quorumfence.config.HookMode;
import io.quorumfence.config.Profile;
import io.quorumfence.model.Claim;
import io.quorumfence.model.HostId;
import io.quorumfence.model.ReplyId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.ReplyCommand;
import io.quorumfence.model.observation.RequestObservation;
import io.quorumfence.record.CellRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a scripted schedule is played: a cell, the handful of things a script does, and what it must find true. */
final class Stage {
    static final VmId VM = new VmId(new UUID(7, 7));
    private static final long STEP_MS = 5;

    final SimCell cell;

    Stage(List<CellConfig> configs, long seed) {
        cell = new SimCell(configs, seed, Boolean.getBoolean("qf.sim.print"));
        cell.tickNs = 25 * SimCell.MILLI;
        cell.ssh.lost = 0;
        cell.powerOnAll();
        look();
        run(6_000);
        cell.hosts().forEach(host -> host.sshOpen = true); // only where a shell is configured does anybody use it
    }

    private void look() {
        cell.time.after(100 * SimCell.MILLI, () -> {
            cell.oracle.look();
            look();
        });
    }

    /** Profile fast, one plane, no shells, no limit on fences. */
    static Stage of(int hosts, int storages, SelfFenceAction action) {
        return of(hosts, storages, action, Profile.FAST.deadlines(), false);
    }

    static Stage of(int hosts, int storages, SelfFenceAction action, Deadlines deadlines, boolean shells) {
        return new Stage(Schedule.configs(hosts, storages, 1, deadlines, action, hosts, shells), 42);
    }

    /** Every host asks its hook. */
    static Stage enforcing(List<CellConfig> plain) {
        Hook hook = new Hook(HookMode.ENFORCE, Duration.ofSeconds(2));
        return new Stage(plain.stream().map(one -> one.hooked(hook)).toList(), 42);
    }

    SimHost h(int number) {
        return cell.host(number - 1);
    }

    /** A protected VM runs there, and its host is armed. */
    Stage vmOn(int number) {
        h(number).adopt(VM);
        run(4_000);
        return this;
    }

    boolean vmRunsOn(int number) {
        return h(number).vms.isRunning(VM);
    }

    void run(long ms) {
        cell.run(ms);
    }

    /** Runs until it is so, at most that long; false when it never was. */
    boolean await(long ms, BooleanSupplier so) {
        for (long spent = 0; spent < ms && !so.getAsBoolean(); spent += STEP_MS) {
            cell.run(STEP_MS);
        }
        return so.getAsBoolean();
    }

    void isolate(int number, int by) {
        cell.cutAll(h(number), by);
        cell.hangAll(h(number), by);
    }

    void hangStorages(int number, int by) {
        cell.hangAll(h(number), by);
    }

    void hang(int number, int storage, int by) {
        cell.faults.hang(number - 1, storage, by);
    }

    /** Slow enough that what is sent there has not arrived a moment later, quick enough for a beat. */
    void slow(int number, int storage) {
        cell.faults.ioFloor(number - 1, storage, 20 * SimCell.MILLI);
    }

    /** Nothing gets through between the two, either way. */
    void part(int one, int other, int by) {
        deafen(one, other, by);
        deafen(other, one, by);
    }

    /** What the other sends does not reach the one. */
    void deafen(int one, int other, int by) {
        for (int plane = 0; plane < cell.faults.planes(); plane++) {
            cell.faults.cut(plane, other - 1, one - 1, by);
        }
    }

    void powerOff(int number) {
        h(number).powerOff("scripted");
    }

    void must(boolean so, String invariant, String what) {
        if (!so && cell.oracle.violations.isEmpty()) {
            cell.oracle.broken(invariant, what);
        }
    }

    CellRecord record() {
        CellRecord latest = cell.oracle.latest();
        if (latest == null) {
            throw new IllegalStateException("nobody has applied a record");
        }
        return latest;
    }

    Optional<Claim> claimOn(int number) {
        HostId id = h(number).id;
        return record().claims().stream()
                .filter(claim -> claim.suspect().equals(id))
                .reduce((older, newer) -> newer);
    }

    boolean isClaimed(int number) {
        return claimOn(number).filter(Claim::isOpen).isPresent();
    }

    boolean isProven(int number) {
        return claimOn(number).filter(Claim::isProven).isPresent();
    }

    boolean isGone(int number) {
        return record().gone().contains(h(number).id);
    }

    boolean leaseLives(int number) {
        AgentState state = h(number).agent.state();
        return state != null && AgentFacts.leaseLives(state, h(number).nowNs());
    }

    /** Stage of one host's work on another; empty when it does none. */
    String workOn(int suspect, int by) {
        AgentState state = h(by).agent.state();
        return state == null ? "" : AgentFacts.workStage(state, h(suspect).id);
    }

    boolean isSuspectedBy(int suspect, int by) {
        AgentState state = h(by).agent.state();
        return state != null && AgentFacts.isSuspect(state, h(suspect).id);
    }

    /** Asks a host's agent from the gates' side; null when no answer came. */
    @Nullable
    ReplyCommand ask(int number, Function<ReplyId, RequestObservation> question) {
        List<ReplyCommand> got = new ArrayList<>();
        boolean[] ended = {false};
        cell.calls.call(cell.faults.gates(), h(number), question, reply -> {
            ended[0] = true;
            if (reply != null) {
                got.add(reply);
            }
        });
        await(10_000, () -> ended[0]);
        return got.isEmpty() ? null : got.get(0);
    }

    /** The first broken promise; empty when all held. */
    String verdict() {
        List<Violation> broken = cell.oracle.violations;
        cell.trace.lines().forEach(System.out::println);
        return broken.isEmpty()
                ? ""
                : broken.get(0).invariant() + " " + broken.get(0).what();
    }
}
