package io.quorumfence.sim;

import io.quorumfence.agent.core.AgentCore;
import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.agent.core.BootFacts;
import io.quorumfence.model.command.Command;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.LocalObservation;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.step.Step;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The agent's process with the production core in it. It may pause anywhere, between two commands of one step too, and
 * be killed there: what it had decided is then half done.
 */
final class SimAgent {
    private static final Observation TICK = new LocalObservation.Ticked();
    private static final int KEEPER_EVERY = 16;

    private final SimHost host;
    private final AgentCore core = new AgentCore();
    private final ArrayDeque<Runnable> backlog = new ArrayDeque<>();
    private @Nullable AgentState state;
    private int process;
    private boolean paused;
    private int ticks;
    private boolean toldFeeding;
    private long toldLatched;
    /** What happens after so many commands of a step; null for nothing. */
    private @Nullable Interruption armed;

    /** Looked up when it is taken in: a paused agent sees what is there when it goes on. */
    interface Look {
        Observation now();
    }

    private record Interruption(int afterCommands, boolean kill, long durationNs) {}

    SimAgent(SimHost host) {
        this.host = host;
    }

    @Nullable
    AgentState state() {
        return state;
    }

    int process() {
        return process;
    }

    boolean isUp() {
        return state != null;
    }

    /** Whether it answers at once. */
    boolean isResponsive() {
        return state != null && !paused && host.responds();
    }

    void start() {
        if (!host.up || state != null) {
            return;
        }
        SimTmpfs left = host.tmpfs;
        host.readConfig();
        long now = host.nowNs();
        BootFacts facts = new BootFacts(
                host.bootId,
                now,
                now,
                Optional.ofNullable(left.life),
                left.joined,
                Math.max(host.keeper.latched(), left.latched),
                left.leaseEndNs,
                host.keeper.isEndPromised(),
                left.promises,
                true,
                Set.copyOf(left.barriers),
                Optional.ofNullable(left.record),
                left.cleared,
                Optional.ofNullable(host.memory),
                true);
        process++;
        state = new AgentState(host.config, facts);
        SimTap tap = host.cell.tap;
        if (tap != null) {
            tap.started(host, facts);
        }
        host.note("agent starts, process " + process);
        offerKeeper();
        left.released.forEach((vm, saidNs) -> offer(new LocalObservation.VmReleased(vm, saidNs)));
        left.released.clear();
        offer(() -> host.vms.listed(0));
        host.lanes.forEach(SimLane::agentStarted);
        int mine = process;
        tick(mine);
        poll(mine);
        host.after(1_000 * SimCell.MILLI, () -> host.cell.power.look(host, mine));
    }

    void stop() {
        if (state != null) {
            host.note("agent dies");
        }
        state = null;
        process++;
        paused = false;
        armed = null;
        backlog.clear();
        host.lanes.forEach(SimLane::agentDied);
        host.cell.lock.died(host);
    }

    private void tick(int mine) {
        if (mine != process) {
            return;
        }
        if (ticks++ % KEEPER_EVERY == 0 || host.keeper.isNews(toldFeeding, toldLatched)) {
            offerKeeper();
        }
        if (!paused) {
            offer(TICK);
        }
        host.after(tickNs(), () -> tick(mine));
    }

    /** Timers only wake: while nothing is near, a slow one tells the core as much as a quick one. */
    private long tickNs() {
        AgentState now = state;
        boolean quiet = now != null && !paused && AgentFacts.isQuiet(now, host.nowNs());
        return quiet ? Math.max(host.cell.tickNs, host.cell.quietTickNs) : host.cell.tickNs;
    }

    private void poll(int mine) {
        host.after(2_000 * SimCell.MILLI, () -> {
            if (mine == process) {
                offer(() -> host.vms.listed(0));
                poll(mine);
            }
        });
    }

    private void offerKeeper() {
        toldFeeding = host.keeper.isFeeding();
        toldLatched = host.keeper.latched();
        offer(new LocalObservation.KeeperSeen(
                host.keeper.isFeeding(), host.keeper.latched(), host.keeper.watchdogNs()));
    }

    /** Pauses at once, or after some commands of a step to come. */
    void pause(long durationNs, int afterCommands) {
        if (afterCommands > 0) {
            armed = new Interruption(afterCommands, false, durationNs);
        } else if (state != null && !paused) {
            paused = true;
            host.note("agent pauses for " + durationNs / SimCell.MILLI + " ms");
            int mine = process;
            host.after(durationNs, () -> resume(mine));
        }
    }

    /** Dies at once, or after some commands of a step to come. */
    void kill(int afterCommands) {
        if (afterCommands > 0) {
            armed = new Interruption(afterCommands, true, 0);
        } else {
            stop();
        }
    }

    /** Nothing that was planned for a later step happens. */
    void spare() {
        armed = null;
    }

    private void resume(int mine) {
        if (mine != process || !paused) {
            return;
        }
        host.note("agent goes on");
        paused = false;
        while (mine == process && !paused && !backlog.isEmpty()) {
            backlog.poll().run();
        }
    }

    void offer(Observation observation) {
        if (state != null && host.powered && !host.frozen && !paused) {
            step(observation);
        } else {
            offer(() -> observation);
        }
    }

    void offer(Look observation) {
        if (state == null || !host.powered) {
            return;
        }
        if (host.frozen) {
            int mine = process;
            host.after(0, () -> {
                if (mine == process) {
                    offer(observation);
                }
            });
        } else if (paused) {
            backlog.add(() -> step(observation.now()));
        } else {
            step(observation.now());
        }
    }

    /** On the agent's own thread, in this process only: later while it is paused. */
    void run(int mine, Runnable action) {
        if (mine != process || state == null) {
            return;
        }
        if (paused) {
            backlog.add(() -> run(mine, action));
        } else {
            action.run();
        }
    }

    private void step(Observation observation) {
        AgentState before = state;
        if (before == null) {
            return;
        }
        long now = host.nowNs();
        Step<AgentState> step = host.cell.step(core, before, observation, now);
        SimTap tap = host.cell.tap;
        if (tap != null) {
            tap.stepped(host, observation, now, step);
        }
        state = step.next();
        host.cell.steps++;
        for (JournalEvent event : step.events()) {
            host.cell.oracle.event(host, event);
            if (host.cell.trace.isOn()) {
                host.note(event.toString());
            }
        }
        dispatch(step.commands());
    }

    private void dispatch(List<Command> commands) {
        Interruption now = armed;
        if (now == null || commands.size() <= now.afterCommands()) {
            for (Command command : commands) {
                host.cell.effects.carryOut(host, command);
            }
            return;
        }
        armed = null;
        commands.subList(0, now.afterCommands()).forEach(command -> host.cell.effects.carryOut(host, command));
        if (now.kill()) {
            stop();
            return;
        }
        List<Command> rest = commands.subList(now.afterCommands(), commands.size());
        int mine = process;
        pause(now.durationNs(), 0);
        backlog.addFirst(() -> {
            if (mine == process) {
                rest.forEach(command -> host.cell.effects.carryOut(host, command));
            }
        });
    }
}
