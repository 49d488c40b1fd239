package io.quorumfence.sim;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PowerAction;
import io.quorumfence.model.PowerAnswer;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.observation.EffectObservation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The fence devices of the cell, one a host, and the processes that ask them. A process outlives its agent and dies
 * with its host; what it has sent may still work a flight time later. Chance of its own: a seed without power keeps
 * its schedule.
 */
final class SimPower {
    private static final long LOOK_NS = 10_000 * SimCell.MILLI;
    private static final long SALT = 0x0FF0_0FF0_0BADL;

    /** One process of a holder. */
    private static final class Child {
        final SimHost on;
        final int boot;
        final int process;
        final LocalCommand.RunPower command;
        boolean over;
        boolean began;

        Child(SimHost on, LocalCommand.RunPower command) {
            this.on = on;
            this.boot = on.boots;
            this.process = on.agent.process();
            this.command = command;
        }

        boolean lives() {
            return !over && on.powered && on.boots == boot;
        }
    }

    private final SimCell cell;
    private final SplittableRandom random;
    private final List<Child> children = new ArrayList<>();
    /** By holder's process: claims of which nothing is begun any more. */
    private final Set<List<Object>> ended = new HashSet<>();

    private final Set<SimHost> switchedOff = new HashSet<>();
    /** Devices on the power of their host. */
    final Set<HostId> dependent = new HashSet<>();
    /** Devices that nobody reaches. */
    final Set<HostId> silent = new HashSet<>();
    /** Whose device is really asked under a host's name: a wrong line in the configuration. */
    final Map<HostId, HostId> wired = new HashMap<>();
    /** Shares of the calls: the answer is lost; an error though it works; accepted and nothing done; late. */
    double lost;

    double wrong;
    double idle;
    double late;
    /** A process stands still for so long between its look at the clock and the device. */
    long stallNs;
    /** The files by which a process knows of an earlier one's call are lost. */
    boolean lockLost;
    /** When a switched off host is switched on again by somebody; 0 for never. */
    long backNs;

    /** Offs that left for a device, and those that took a host's power. */
    int sent;

    int cuts;

    SimPower(SimCell cell, long seed) {
        this.cell = cell;
        this.random = new SplittableRandom(seed ^ SALT);
    }

    /** Everything that can go wrong does, now and then. */
    void misbehave() {
        lost = 0.1;
        wrong = 0.1;
        idle = 0.05;
        late = 0.25;
        backNs = random.nextBoolean() ? (500 + random.nextLong(20_000)) * SimCell.MILLI : 0;
        cell.hosts().stream().filter(host -> random.nextInt(3) == 0).forEach(host -> dependent.add(host.id));
        cell.hosts().stream().filter(host -> random.nextInt(8) == 0).forEach(host -> silent.add(host.id));
    }

    private long upTo(long bound) {
        return bound <= 0 ? 0 : random.nextLong(bound);
    }

    private boolean chance(double share) {
        return share > 0 && random.nextDouble() < share;
    }

    void run(SimHost from, LocalCommand.RunPower command) {
        Child child = new Child(from, command);
        if (command.action() == PowerAction.OFF && isBarred(from, command.token())) {
            answer(child, PowerAnswer.NOT_STARTED);
            return;
        }
        children.add(child);
        from.after(upTo(40 * SimCell.MILLI), () -> begin(child));
        long untilDeadline = Math.max(0, command.deadlineNs() - from.nowNs());
        // Its own supervisor, whoever else is paused: a process that is frozen with its host is late, as is this.
        from.after(untilDeadline, () -> end(child, PowerAnswer.UNKNOWN));
    }

    /** The lock: another process's call is not over, or this one has said that none shall begin. */
    private boolean isBarred(SimHost from, FenceToken token) {
        return ended.contains(List.of(from.id, from.agent.process(), token))
                || children.stream()
                        .anyMatch(other -> other.on == from
                                && other.lives()
                                && other.command.action() == PowerAction.OFF
                                && other.process != from.agent.process());
    }

    private void begin(Child child) {
        if (!child.lives()) {
            return;
        }
        boolean off = child.command.action() == PowerAction.OFF;
        if (off && child.on.nowNs() > child.command.notAfterNs()) {
            end(child, PowerAnswer.NOT_STARTED);
            return;
        }
        child.began = true;
        if (off) {
            cell.oracle.power.begins(child.on, child.command);
        }
        SimHost target = cell.host(wired.getOrDefault(child.command.suspect(), child.command.suspect()));
        long sendNs = 20 * SimCell.MILLI + upTo(150 * SimCell.MILLI) + (off ? stallNs : 0);
        child.on.after(sendNs, () -> {
            if (child.lives()) {
                send(child, target);
            }
        });
    }

    private boolean isSilent(SimHost target) {
        boolean dark = !target.powered && !switchedOff.contains(target) && dependent.contains(target.id);
        return dark || silent.contains(target.id);
    }

    private void send(Child child, SimHost target) {
        if (isSilent(target)) {
            return;
        }
        if (child.command.action() == PowerAction.STATUS) {
            boolean off = !target.powered;
            back(child, off ? PowerAnswer.OFF : PowerAnswer.ON);
            return;
        }
        long flight = child.on.config.ladder().powerFlight().toNanos();
        // As long as it may take for a clock that is as fast as clocks may be.
        long worksNs = chance(late) ? flight - 1 - upTo(flight / 4) : upTo(200 * SimCell.MILLI);
        sent++;
        boolean does = !chance(idle);
        cell.time.after(worksNs, () -> {
            if (does) {
                cut(child, target);
            }
        });
        child.on.after(
                chance(late) ? upTo(300 * SimCell.MILLI) : worksNs,
                () -> back(child, chance(wrong) ? PowerAnswer.UNKNOWN : PowerAnswer.ACCEPTED));
    }

    private void cut(Child child, SimHost target) {
        cell.oracle.power.works(child.on, target, child.command.token());
        if (!target.powered) {
            return;
        }
        cuts++;
        target.powerOff("its fence device, by " + child.on.id);
        switchedOff.add(target);
        int boots = target.boots;
        if (backNs > 0) {
            cell.time.after(backNs, () -> {
                if (target.boots == boots) {
                    switchOn(target);
                }
            });
        }
    }

    void switchOn(SimHost target) {
        switchedOff.remove(target);
        target.powerOn();
    }

    private void back(Child child, PowerAnswer answer) {
        if (!chance(lost)) {
            child.on.after(upTo(50 * SimCell.MILLI), () -> end(child, answer));
        }
    }

    private void end(Child child, PowerAnswer answer) {
        if (child.lives()) {
            child.over = true;
            answer(child, answer);
        }
    }

    private static void answer(Child child, PowerAnswer answer) {
        LocalCommand.RunPower c = child.command;
        child.on.agent.run(
                child.process,
                () -> child.on.agent.offer(new EffectObservation.PowerAnswered(
                        c.work(), c.attempt(), c.action(), answer, "simulated " + answer)));
    }

    /** A look in quiet times, at a process's start and then every so often. */
    void look(SimHost from, int process) {
        if (from.agent.process() != process || from.agent.state() == null) {
            return;
        }
        boolean any = false;
        for (HostId host : from.config.hosts()) {
            if (from.config.ladder().of(host).powered()) {
                any = true;
                PowerAnswer answer = saidOf(host);
                from.agent.offer(new EffectObservation.PowerChecked(
                        host, answer != PowerAnswer.UNKNOWN, answer, "simulated " + answer));
            }
        }
        if (any) {
            from.after(LOOK_NS, () -> look(from, process));
        }
    }

    private PowerAnswer saidOf(HostId host) {
        SimHost target = cell.host(wired.getOrDefault(host, host));
        return isSilent(target) ? PowerAnswer.UNKNOWN : target.powered ? PowerAnswer.ON : PowerAnswer.OFF;
    }

    /** A host fell silent. The answer is of any moment between the question and itself, or is lost. */
    void lookAt(SimHost from, LocalCommand.LookAtPower command) {
        int process = from.agent.process();
        from.after(20 * SimCell.MILLI + upTo(200 * SimCell.MILLI), () -> {
            PowerAnswer answer = saidOf(command.host());
            if (chance(lost)) {
                return;
            }
            from.after(
                    upTo(chance(late) ? 5_000 * SimCell.MILLI : 50 * SimCell.MILLI),
                    () -> from.agent.run(
                            process,
                            () -> from.agent.offer(new EffectObservation.PowerLooked(
                                    command.host(), command.look(), answer, "simulated " + answer))));
        });
    }

    /** Kills what this agent began, waits for what an earlier one did. */
    void end(SimHost from, LocalCommand.EndPower command) {
        int process = from.agent.process();
        if (command.forGood()) {
            ended.add(List.of(from.id, process, command.token()));
        }
        children.stream()
                .filter(child -> child.on == from && child.process == process && child.lives())
                .filter(child -> child.command.token().equals(command.token()))
                .forEach(child -> child.over = true);
        awaitNone(from, process, command);
    }

    private void awaitNone(SimHost from, int process, LocalCommand.EndPower command) {
        children.removeIf(child -> !child.lives());
        boolean none = lockLost
                || children.stream().noneMatch(child -> child.on == from && child.command.action() == PowerAction.OFF);
        if (none) {
            from.agent.run(
                    process,
                    () -> from.agent.offer(new EffectObservation.PowerEnded(command.token(), command.forGood())));
        } else {
            from.after(50 * SimCell.MILLI, () -> awaitNone(from, process, command));
        }
    }
}
