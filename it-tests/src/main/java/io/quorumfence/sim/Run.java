package io.quorumfence.sim;

import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/** One schedule from power on to the verdict. */
final class Run {
    private static final long LOOK_NS = 500 * SimCell.MILLI;
    private static final long QUIET_TICK_NS = 250 * SimCell.MILLI;

    private final Schedule schedule;
    final SimCell cell;

    /**
     * How it went.
     *
     * @param fingerprint equal for equal runs
     */
    record Result(
            long seed,
            long simulatedNs,
            long steps,
            int starts,
            int fences,
            int resets,
            int falseFences,
            Map<String, Integer> proofs,
            List<Long> permitNs,
            List<Violation> violations,
            long fingerprint) {}

    Run(Schedule schedule, boolean tracing) {
        this.schedule = schedule;
        this.cell = new SimCell(schedule.configs(), schedule.seed(), tracing);
    }

    Result go() {
        try {
            play();
        } catch (RuntimeException e) {
            StackTraceElement at = e.getStackTrace().length > 0 ? e.getStackTrace()[0] : null;
            cell.oracle.broken("CRASH", e + " at " + at);
            if (cell.trace.isOn()) {
                e.printStackTrace();
            }
        }
        return new Result(
                schedule.seed(),
                cell.time.nowNs(),
                cell.steps,
                cell.oracle.starts,
                cell.oracle.fences,
                cell.resets,
                cell.oracle.falseFences,
                cell.oracle.proofs(),
                List.copyOf(cell.permitNs),
                List.copyOf(cell.oracle.violations),
                cell.fingerprint * 31 + cell.time.scheduled());
    }

    private void play() {
        cell.gated = true;
        cell.quietTickNs = QUIET_TICK_NS;
        if (schedule.story() != Story.ANY) {
            cell.tickNs = 25 * SimCell.MILLI;
            cell.quietTickNs = cell.tickNs;
        }
        cell.lock.lies = schedule.lyingLock();
        cell.power.misbehave();
        cell.hosts().forEach(host -> host.sshOpen = cell.chance(0.5));
        cutWays();
        cell.powerOnAll();
        openGates();
        Injector injector = new Injector(cell);
        injector.plan(schedule.faults());
        look();
        cell.time.runUntil(schedule.faultsUntilNs());
        if (schedule.tailNs() > 0 && cell.oracle.violations.isEmpty()) {
            injector.heal();
            cell.time.runUntil(schedule.faultsUntilNs() + schedule.tailNs());
            new Rest(cell).judge(schedule.story());
        }
    }

    /** Who cannot go to whom; drawn aside, so that the rest of a schedule is as it was without it. */
    private void cutWays() {
        SplittableRandom aside = new SplittableRandom(schedule.seed() * 31 + 7);
        for (SimHost from : cell.hosts()) {
            for (SimHost target : cell.hosts()) {
                cell.ssh.cut(from, target, aside.nextInt(3) == 0);
            }
        }
    }

    private void openGates() {
        List<VmId> vms = new ArrayList<>();
        Map<VmId, HostId> home = new HashMap<>();
        for (int i = 0; i < schedule.vms(); i++) {
            VmId vm = new VmId(new UUID(0, i + 1L));
            vms.add(vm);
            home.put(vm, cell.host(i).id);
        }
        boolean eager = schedule.story() == Story.POWER_LOSS
                || schedule.story() == Story.RACK_POWER
                || schedule.story() == Story.RESTART_BURST;
        long pace = (eager ? 200 : 1_500) * SimCell.MILLI;
        for (int i = 0; i < 2; i++) {
            SimGate gate = new SimGate(cell, i + 1, vms, home);
            gate.sloppy = schedule.sloppyGates();
            gate.eager = eager;
            gate.permitTtlMs = schedule.permitTtlMs();
            cell.time.after(3_000 * SimCell.MILLI + cell.upTo(SimCell.MILLI), () -> vms.forEach(gate::attempt));
            cell.time.after(3_500 * SimCell.MILLI, () -> gate.run(pace));
        }
    }

    /** The standing promises are looked at now and then. */
    private void look() {
        cell.time.after(LOOK_NS, () -> {
            cell.oracle.look();
            look();
        });
    }
}
