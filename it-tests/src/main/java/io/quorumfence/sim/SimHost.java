package io.quorumfence.sim;

import io.quorumfence.agent.core.AgentFacts;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.agent.core.BootFacts;
import io.quorumfence.config.CellConfig;
import io.quorumfence.model.HostId;
import io.quorumfence.model.SelfFenceMemory;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.record.CellRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One hypervisor: power, kernel boots, keeper and watchdog, tmpfs, lanes, VMs and the agent's process. */
final class SimHost {
    private static final long FIRST_CLOCK_NS = 1;

    final SimCell cell;
    /** What agent.yaml said at first, and says now. */
    final CellConfig first;

    CellConfig configured;
    /** What the agent goes on with. */
    CellConfig config;

    final HostId id;
    final int index;
    final SimClock clock;
    final SimAgent agent = new SimAgent(this);
    final SimVms vms = new SimVms(this);
    final List<SimLane> lanes = new ArrayList<>();

    boolean powered;
    boolean frozen;
    boolean resetting;
    /** The kernel is up, and so far as to start an agent. */
    boolean up;

    int boots;
    UUID bootId = new UUID(0, 0);
    SimTmpfs tmpfs = new SimTmpfs();
    SimKeeper keeper;
    /** What its self-fence keeps on the local disk; it outlives the boot. */
    @Nullable
    SelfFenceMemory memory;

    /** An operator has switched its reaction off or on again. */
    boolean handled;

    private int actedInBoot;
    private long actedNs = Long.MIN_VALUE / 2;
    /** For one script outside of the failure model: nothing happens when it runs out. */
    boolean watchdogBroken;

    /** A sibling's shell gets in. */
    boolean sshOpen;

    private final List<Runnable> thaw = new ArrayList<>();

    SimHost(SimCell cell, CellConfig config, int ratePpm) {
        this.cell = cell;
        this.first = config;
        this.configured = config;
        this.config = config;
        this.id = config.host();
        this.index = config.indexOf(id);
        this.clock = new SimClock(ratePpm);
        this.keeper = new SimKeeper(this);
        keeper.end();
        cell.storages().forEach(storage -> lanes.add(new SimLane(this, storage)));
    }

    /** What this host's clock shows. */
    long nowNs() {
        return clock.read(cell.time.nowNs());
    }

    void powerOn() {
        if (powered) {
            return;
        }
        powered = true;
        boots++;
        bootId = new UUID(index + 1L, boots);
        clock.boot(cell.time.nowNs(), FIRST_CLOCK_NS);
        tmpfs = new SimTmpfs();
        config = configured;
        keeper = new SimKeeper(this);
        note("boots");
        after(cell.bootNs(), () -> {
            lanes.forEach(SimLane::boot);
            up = true;
            agent.start();
        });
    }

    void powerOff(String why) {
        if (!powered) {
            return;
        }
        note("loses power: " + why);
        powered = false;
        up = false;
        frozen = false;
        resetting = false;
        thaw.clear();
        agent.stop();
        keeper.end();
        lanes.forEach(SimLane::powerLost);
        vms.lose();
        cell.oracle.powerLost(this);
    }

    /** Its self-fence has reset it, or restarts its agent: no two within the cooldown. */
    void selfActs(int once) {
        if (actedInBoot == once) {
            return;
        }
        actedInBoot = once;
        long now = cell.time.nowNs();
        long cooldown = config.reaction().cooldown().toNanos();
        if (now - actedNs < cooldown - cooldown / 1_000 * config.rhoPpm() / 1_000) {
            cell.oracle.broken(
                    "COOLDOWN", id + " acts on itself " + (now - actedNs) / SimCell.MILLI + " ms after the last time");
        }
        actedNs = now;
    }

    /** A reboot by its own trigger, at once or in order. */
    void reboot(long delayNs) {
        after(delayNs, () -> {
            selfActs(boots);
            cell.resets++;
            int boot = boots;
            powerOff("reboots itself");
            cell.time.after(cell.restartNs(), () -> {
                if (boots == boot) {
                    powerOn();
                }
            });
        });
    }

    /** The reset takes its time: until its end everything on the host goes on. */
    void watchdogFires() {
        if (watchdogBroken) {
            note("watchdog runs out, and does nothing");
            return;
        }
        note("watchdog fires");
        cell.resets++;
        resetting = true;
        afterEvenFrozen(cell.resetNs(this), () -> {
            powerOff("watchdog");
            int boot = boots;
            cell.time.after(cell.restartNs(), () -> {
                if (boots == boot) {
                    powerOn();
                }
            });
        });
    }

    /** Everything stops at once, and goes on as if nothing had happened. */
    void freeze(long durationNs, boolean keeperBetween) {
        if (!powered || frozen) {
            return;
        }
        note("freezes for " + durationNs / SimCell.MILLI + " ms");
        frozen = true;
        keeper.stop(keeperBetween);
        int boot = boots;
        cell.time.after(durationNs, () -> {
            if (powered && boots == boot) {
                melt();
            }
        });
    }

    private void melt() {
        note("goes on");
        frozen = false;
        keeper.resume();
        List<Runnable> late = List.copyOf(thaw);
        thaw.clear();
        late.forEach(Runnable::run);
    }

    /** The keeper looked its expiry up on the old rate, so it looks again. */
    void changeRate(int ppm) {
        clock.changeRate(cell.time.nowNs(), ppm);
        keeper.clockChanged();
    }

    /** An armed life goes on under the terms it promised (rule 4); what is answered holds for the next process too. */
    void readConfig() {
        CellConfig promised = tmpfs.terms;
        boolean armed = cell.arms(this);
        config = promised != null && keeper.isEndPromised() ? promised : configured;
        tmpfs.terms = config;
        if (!armed && tmpfs.life != null && cell.arms(this)) {
            cell.oracle.armsFromNowOn(this);
        }
    }

    /** The agent is stopped, agent.yaml edited, and the agent started a while later. */
    void reconfigure(ConfigChange change, long afterNs) {
        note("is reconfigured: " + change);
        configured = change.of(first);
        agent.stop();
        after(afterNs, agent::start);
    }

    /** When its clock shows this; empty when that is no time. */
    OptionalLong trueAt(long localNs) {
        boolean none = localNs <= BootFacts.UNKNOWN_NS / 2 || localNs >= LocalCommand.NO_EXPIRY / 2;
        return none ? OptionalLong.empty() : OptionalLong.of(clock.trueAt(localNs));
    }

    /** Runs in this boot only; waits while the host is frozen. */
    void after(long delayNs, Runnable action) {
        int boot = boots;
        cell.time.after(delayNs, () -> now(boot, action));
    }

    private void now(int boot, Runnable action) {
        if (!powered || boots != boot) {
            return;
        }
        if (frozen) {
            thaw.add(() -> now(boot, action));
        } else {
            action.run();
        }
    }

    private void afterEvenFrozen(long delayNs, Runnable action) {
        int boot = boots;
        cell.time.after(delayNs, () -> {
            if (powered && boots == boot) {
                action.run();
            }
        });
    }

    /** Whether something on it can answer now. */
    boolean responds() {
        return powered && !frozen;
    }

    /** A VM that was there before anybody asked: for scripted cases. */
    void adopt(VmId vm) {
        vms.begin(vm);
    }

    void note(String what) {
        if (cell.trace.isOn()) {
            cell.trace.note(cell.time.nowNs(), id + ": " + what);
        }
    }

    /** Whether it leaves a VM alone, by what its agent knows or an agent that is gone has left. */
    boolean spares(VmId vm) {
        AgentState state = agent.state();
        boolean byAgent = state != null
                && AgentFacts.known(state).filter(record -> record.ignores(vm)).isPresent();
        CellRecord left = tmpfs.record;
        return byAgent || (left != null && left.ignores(vm));
    }
}
