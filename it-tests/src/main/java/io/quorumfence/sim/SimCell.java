package io.quorumfence.sim;

import io.quorumfence.agent.core.AgentCore;
import io.quorumfence.agent.core.AgentState;
import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Reaction;
import io.quorumfence.config.TakeoverTime;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.Terms;
import io.quorumfence.model.VmId;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.observation.Observation;
import io.quorumfence.quorum.Quorum;
import io.quorumfence.record.CellRecord;
import io.quorumfence.step.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A cell in virtual time. Everything follows from the configurations and the seed. Single-threaded. */
final class SimCell {
    static final long MILLI = 1_000_000L;

    final VirtualTime time = new VirtualTime();
    final Trace trace;
    final SimFaults faults;
    final SimNetwork network = new SimNetwork(this);
    final SimCalls calls = new SimCalls(this);
    final SimEffects effects = new SimEffects(this);
    final SimLock lock = new SimLock(this);
    final SimSsh ssh = new SimSsh(this);
    final SimPower power;
    final SimJournal journal;
    final Oracle oracle;
    long tickNs;
    /** How long an agent may sleep while nothing is near; never less than its tick. */
    long quietTickNs;

    long steps;
    long fingerprint;
    int resets;
    long bootFloorNs = 300 * MILLI;
    /** VMs start by permits only; otherwise a script puts them there. */
    boolean gated;

    /** Each step on a copy of the state, as the agent's shell does it. */
    boolean copying;

    boolean gatesOpen = true;
    /** From the outage of a VM to the permit for it, in nanoseconds. */
    final List<Long> permitNs = new ArrayList<>();

    /** Sees what every agent's core begins with and takes in; null for nobody. */
    @Nullable
    SimTap tap;

    private final SplittableRandom random;
    private final CellConfig any;
    private final List<SimHost> hosts = new ArrayList<>();
    private final Map<HostId, SimHost> byId = new HashMap<>();
    private final List<SimStorage> storages = new ArrayList<>();
    private final Map<StorageId, Integer> storageIndexes = new HashMap<>();

    SimCell(List<CellConfig> configs, long seed, boolean tracing) {
        random = new SplittableRandom(seed);
        trace = new Trace(tracing);
        any = configs.get(0);
        power = new SimPower(this, seed);
        tickNs = (50 + 50L * random.nextInt(4)) * MILLI;
        int n = configs.size();
        int m = any.storages().size();
        faults = new SimFaults(this, n, m, any.planes().size());
        journal = new SimJournal(this, n);
        oracle = new Oracle(this, n, m, any.deadlines().suspect().toNanos());
        CellRecord first = CellRecord.first(any.cell(), any.hosts(), any.storageIds());
        for (StorageId id : any.storageIds()) {
            storageIndexes.put(id, storages.size());
            storages.add(new SimStorage(this, id, storages.size(), first));
        }
        for (CellConfig config : configs) {
            SimHost host = new SimHost(this, config, rate());
            hosts.add(host);
            byId.put(config.host(), host);
        }
    }

    /** Clocks at the edges of what is allowed are the interesting ones. */
    private int rate() {
        int rho = any.rhoPpm();
        int kind = random.nextInt(4);
        return kind == 0 ? rho : kind == 1 ? -rho : random.nextInt(2 * rho + 1) - rho;
    }

    Step<AgentState> step(AgentCore core, AgentState state, Observation observation, long localNs) {
        Step<AgentState> step =
                copying ? core.step(state, observation, localNs) : core.stepInPlace(state, observation, localNs);
        fingerprint = fingerprint * 31 + localNs * 7 + step.commands().size();
        return step;
    }

    // --- who is who

    List<SimHost> hosts() {
        return hosts;
    }

    int size() {
        return hosts.size();
    }

    SimHost host(int index) {
        return hosts.get(index);
    }

    SimHost host(HostId id) {
        SimHost host = byId.get(id);
        if (host == null) {
            throw new IllegalArgumentException("no host " + id);
        }
        return host;
    }

    List<SimStorage> storages() {
        return storages;
    }

    int storageIndex(StorageId id) {
        return java.util.Objects.requireNonNull(storageIndexes.get(id));
    }

    PlaneId plane(int index) {
        return any.planes().get(index);
    }

    int planeIndex(PlaneId id) {
        return any.planes().indexOf(id);
    }

    // --- spans of this cell

    /** Whether the host has to end in time: always, or where its reaction may be off, while its keeper has an end. */
    boolean arms(SimHost host) {
        boolean plain = host.config.reaction().equals(Reaction.PLAIN) && !host.handled;
        boolean can =
                host.config.action().isEnforceable() && host.config.watchdog().isCounted();
        return can && (plain || host.keeper.isBounded());
    }

    int stormLimit(SimHost host) {
        return host.config.stormLimit() > 0 ? host.config.stormLimit() : Quorum.stormShare(size());
    }

    /** The longest a VM may live after the last sign of its host: I3, with the reset's own time. */
    long endNs(SimHost host) {
        var d = host.config.deadlines();
        long span = d.self().toNanos() + d.act().toNanos() + 2 * d.watchdog().toNanos();
        return span + span * host.config.rhoPpm() / MILLION + d.margin().toNanos();
    }

    private static final long MILLION = 1_000_000L;

    /** From a host's last sign to where time proves it, under a configuration's terms. */
    static long takeoverNs(CellConfig config) {
        var d = config.deadlines();
        long act = config.action() == SelfFenceAction.REBOOT ? 0 : d.act().toNanos();
        Terms terms = new Terms(
                config.action(),
                d.self().toNanos(),
                act,
                d.watchdog().toNanos(),
                WatchdogKind.DEVICE,
                true,
                d.suspect().toNanos(),
                d.margin().toNanos());
        return TakeoverTime.ns(terms, config.rhoPpm());
    }

    /** From the watchdog's firing to the last instruction: the margin less the flight time. */
    long resetNs(SimHost host) {
        long longest = host.config.deadlines().margin().toNanos()
                - host.config.flight().toNanos();
        return edgy(Math.max(1, longest * 99 / 100));
    }

    /** Some kernels boot faster than what the last life wrote is sure to have landed. */
    long bootNs() {
        return bootFloorNs + upTo(1_600 * MILLI);
    }

    long restartNs() {
        return 2_000 * MILLI + upTo(8_000 * MILLI);
    }

    // --- chance

    /** Uniform in [0, bound). */
    long upTo(long bound) {
        return bound <= 0 ? 0 : random.nextLong(bound);
    }

    int pick(int bound) {
        return random.nextInt(bound);
    }

    boolean chance(double p) {
        return p > 0 && random.nextDouble() < p;
    }

    /** Up to a bound, and often right at it. */
    long edgy(long bound) {
        return chance(0.4) ? bound : upTo(bound + 1);
    }

    /** Mostly short, at times very long. */
    long longTail() {
        return switch (random.nextInt(4)) {
            case 0 -> upTo(5 * MILLI);
            case 1 -> upTo(500 * MILLI);
            case 2 -> upTo(4_000 * MILLI);
            default -> upTo(25_000 * MILLI);
        };
    }

    // --- what scripts and schedules do

    void powerOnAll() {
        hosts.forEach(SimHost::powerOn);
    }

    void run(long ms) {
        time.runUntil(time.nowNs() + ms * MILLI);
    }

    void cutAll(SimHost host, int by) {
        for (int plane = 0; plane < faults.planes(); plane++) {
            cut(host, plane, by);
        }
    }

    void cut(SimHost host, int plane, int by) {
        for (int other = 0; other <= hosts.size(); other++) {
            if (other != host.index) {
                faults.cut(plane, host.index, other, by);
                faults.cut(plane, other, host.index, by);
            }
        }
    }

    void hangAll(SimHost host, int by) {
        storages.forEach(storage -> faults.hang(host.index, storage.index, by));
    }

    void allowed(VmId vm, Permit permit) {
        Long since = oracle.outage(vm);
        if (since != null) {
            permitNs.add(time.nowNs() - since);
        }
        if (trace.isOn()) {
            trace.note(time.nowNs(), "ALLOW " + permit);
        }
    }

    AgentState agent(HostId id) {
        AgentState state = host(id).agent.state();
        if (state == null) {
            throw new IllegalStateException("no agent runs on " + id);
        }
        return state;
    }
}
