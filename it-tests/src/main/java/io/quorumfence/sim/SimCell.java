package io.quorumfence.sim;

import io.quorumfence.agent.core.AgentState;
import io.quorumfence.config.CellConfig;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.record.CellRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A cell in virtual time. Everything follows from the configurations and the seed. */
final class SimCell {
    final VirtualTime time = new VirtualTime(1_000_000_000_000L);
    final SimFaults faults = new SimFaults();
    final SimEffects effects = new SimEffects(this);
    final long tickNs;
    final List<String> timeline = new ArrayList<>();
    final List<String> violations = new ArrayList<>();
    int resets;
    int sshFences;

    private final SplittableRandom random;
    private final Map<HostId, SimHost> hosts = new LinkedHashMap<>();
    private final Map<StorageId, SimStorage> storages = new LinkedHashMap<>();

    SimCell(List<CellConfig> configs, long seed) {
        random = new SplittableRandom(seed);
        CellConfig any = configs.get(0);
        tickNs = any.deadlines().beat().toNanos() / 20;
        CellRecord first = CellRecord.first(any.cell(), any.hosts(), any.storageIds());
        any.storageIds().forEach(id -> storages.put(id, new SimStorage(id, first)));
        configs.forEach(config -> hosts.put(config.host(), new SimHost(this, config)));
    }

    void powerOnAll() {
        hosts.values().forEach(SimHost::powerOn);
    }

    SimHost host(HostId id) {
        SimHost host = hosts.get(id);
        if (host == null) {
            throw new IllegalArgumentException("no host " + id);
        }
        return host;
    }

    SimStorage storage(StorageId id) {
        SimStorage storage = storages.get(id);
        if (storage == null) {
            throw new IllegalArgumentException("no storage " + id);
        }
        return storage;
    }

    Iterable<SimHost> hosts() {
        return hosts.values();
    }

    long millis(long ms) {
        return ms * 1_000_000L;
    }

    /** A short, random time of a disk or network hop. */
    long latency() {
        return 200_000L + random.nextLong(2_000_000L);
    }

    boolean chance(double p) {
        return p > 0 && random.nextDouble() < p;
    }

    void run(long ms) {
        time.runUntil(time.nowNs() + millis(ms));
    }

    /** A VM's process begins to write. */
    void vmStarted(SimHost on, VmId vm) {
        note("VM " + vm + " starts on " + on.id);
        for (SimHost other : hosts.values()) {
            if (other.vms.contains(vm) && other != on) {
                violations.add("I1: " + vm + " on " + other.id + " and " + on.id);
            }
        }
        on.vms.add(vm);
        on.offer(on.listed(0));
    }

    void vmGone(SimHost on, VmId vm) {
        if (on.vms.remove(vm)) {
            note("VM " + vm + " is gone on " + on.id);
        }
    }

    void cutAll(HostId host) {
        for (PlaneId plane : host(host).config.planes()) {
            cut(host, plane);
        }
    }

    void cut(HostId host, PlaneId plane) {
        for (HostId other : hosts.keySet()) {
            faults.cut.add(new SimFaults.Way(host, other, plane));
            faults.cut.add(new SimFaults.Way(other, host, plane));
        }
    }

    void heal(HostId host) {
        faults.cut.removeIf(way -> way.from().equals(host) || way.to().equals(host));
    }

    void hangStorages(HostId host) {
        storages.keySet().forEach(id -> faults.hung.add(new SimFaults.Lane(host, id)));
    }

    void releaseStorages(HostId host) {
        faults.hung.removeIf(lane -> lane.host().equals(host));
    }

    void event(SimHost host, JournalEvent event) {
        note(host.id + ": " + event);
    }

    void note(String line) {
        timeline.add(String.format(java.util.Locale.ROOT, "%9.3f %s", (time.nowNs() - 1_000_000_000_000L) / 1e9, line));
    }

    AgentState agent(HostId id) {
        AgentState state = host(id).agent;
        if (state == null) {
            throw new IllegalStateException("no agent runs on " + id);
        }
        return state;
    }
}
