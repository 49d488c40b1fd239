package io.quorumfence.sim;

import io.quorumfence.agent.core.AgentCore;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.agent.core.BootFacts;
import io.quorumfence.config.CellConfig;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Promise;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.VmSeen;
import io.quorumfence.model.command.Command;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.LocalObservation;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.model.observation.StorageObservation;
import io.quorumfence.record.CellRecord;
import io.quorumfence.step.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One hypervisor: kernel, keeper, watchdog, VMs, tmpfs, and the agent's process with the production core in it. */
final class SimHost {
    final SimCell cell;
    final CellConfig config;
    final HostId id;
    private final AgentCore core = new AgentCore();

    boolean powered;
    long bootNs;
    UUID bootId = new UUID(0, 0);
    long boots;

    @Nullable
    AgentState agent;

    long processes;
    boolean paused;
    final List<Observation> backlog = new ArrayList<>();

    // tmpfs and shared memory: lost with the boot
    @Nullable
    Incarnation storedLife;

    boolean storedJoined;

    @Nullable
    CellRecord storedRecord;

    List<Promise> promises = List.of();
    final Set<VmId> barriers = new HashSet<>();
    long expiryNs;
    long keeperCounter;
    long keeperLatched;
    long agentLatched;
    long leaseEndNs;
    long lastFeedNs;

    final Set<VmId> vms = new HashSet<>();
    /** Storages on which a write of an earlier process has not ended: their lanes stay shut (R2). */
    final Map<StorageId, Integer> unfinished = new HashMap<>();

    SimHost(SimCell cell, CellConfig config) {
        this.cell = cell;
        this.config = config;
        this.id = config.host();
    }

    void powerOn() {
        powered = true;
        boots++;
        bootNs = cell.time.nowNs();
        bootId = new UUID(config.indexOf(id) + 1, boots);
        storedLife = null;
        storedRecord = null;
        storedJoined = false;
        promises = List.of();
        barriers.clear();
        expiryNs = LocalCommand.NO_EXPIRY;
        keeperCounter = 0;
        keeperLatched = 0;
        agentLatched = 0;
        leaseEndNs = BootFacts.UNKNOWN_NS;
        lastFeedNs = bootNs;
        long boot = boots;
        cell.time.after(cell.millis(1_500), () -> {
            if (powered && boots == boot) {
                keeperTick(boot);
                startAgent();
            }
        });
    }

    void powerOff(String why) {
        if (!powered) {
            return;
        }
        cell.note(id + " loses power: " + why);
        powered = false;
        stopAgent();
        for (VmId vm : List.copyOf(vms)) {
            cell.vmGone(this, vm);
        }
    }

    void stopAgent() {
        agent = null;
        processes++;
        backlog.clear();
        paused = false;
    }

    void startAgent() {
        long now = cell.time.nowNs();
        stopAgent();
        BootFacts facts = new BootFacts(
                bootId,
                now,
                now - bootNs,
                Optional.ofNullable(storedLife),
                storedJoined,
                Math.max(keeperLatched, agentLatched),
                leaseEndNs,
                promises,
                true,
                Set.copyOf(barriers),
                Optional.ofNullable(storedRecord));
        agent = new AgentState(config, facts);
        offer(new LocalObservation.KeeperSeen(
                true, keeperLatched, config.deadlines().watchdog().toNanos()));
        offer(listed(0));
        for (StorageId storage : config.storageIds()) {
            openLane(storage);
        }
        long process = processes;
        tick(process);
    }

    private void openLane(StorageId storage) {
        if (unfinished.getOrDefault(storage, 0) == 0) {
            offer(new StorageObservation.LaneOpened(storage));
        } else {
            offer(new StorageObservation.LaneShut(storage, "the predecessor still holds the lane"));
            long process = processes;
            cell.time.after(cell.millis(500), () -> {
                if (powered && processes == process) {
                    openLane(storage);
                }
            });
        }
    }

    private void tick(long process) {
        if (!powered || processes != process || agent == null) {
            return;
        }
        offer(new LocalObservation.KeeperSeen(
                true, keeperLatched, config.deadlines().watchdog().toNanos()));
        offer(new LocalObservation.Ticked());
        cell.time.after(cell.tickNs, () -> tick(process));
    }

    /** The keeper lives apart from the agent; it feeds only while now is before the expiry, and latches for good. */
    private void keeperTick(long boot) {
        if (!powered || boots != boot) {
            return;
        }
        long now = cell.time.nowNs();
        long watchdog = config.deadlines().watchdog().toNanos();
        boolean latched = keeperLatched > 0 && keeperCounter <= keeperLatched;
        if (!latched && now < expiryNs) {
            lastFeedNs = now;
        } else if (!latched) {
            keeperLatched = keeperCounter;
        }
        if (now - lastFeedNs > watchdog) {
            powerOff("watchdog");
            cell.resets++;
            cell.time.after(cell.millis(8_000), this::powerOn);
            return;
        }
        cell.time.after(Math.min(watchdog / 4, cell.millis(250)), () -> keeperTick(boot));
    }

    LocalObservation.VmsListed listed(long question) {
        return new LocalObservation.VmsListed(
                vms.stream()
                        .sorted()
                        .map(vm -> new VmSeen(vm, "vm", 1, 1, "running"))
                        .toList(),
                true,
                false,
                question);
    }

    void offer(Observation observation) {
        if (agent == null || !powered) {
            return;
        }
        if (paused) {
            backlog.add(observation);
            return;
        }
        Step<AgentState> step = core.step(agent, observation, cell.time.nowNs());
        agent = step.next();
        for (JournalEvent event : step.events()) {
            cell.event(this, event);
        }
        for (Command command : step.commands()) {
            cell.effects.carryOut(this, command);
        }
    }

    void resume() {
        paused = false;
        List<Observation> late = List.copyOf(backlog);
        backlog.clear();
        late.forEach(this::offer);
    }
}
