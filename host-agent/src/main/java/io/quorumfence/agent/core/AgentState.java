package io.quorumfence.agent.core;

import io.quorumfence.config.CellConfig;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.Terms;
import io.quorumfence.model.VmId;
import io.quorumfence.model.VmList;
import io.quorumfence.model.VmSeen;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.observation.LocalObservation.WatchdogReported;
import io.quorumfence.quorum.Quorum;
import io.quorumfence.record.BlockRoom;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.Register;
import io.quorumfence.wire.StorageBlocks;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything the agent's core remembers. A step works on a {@link #copy()} and hands it out as the next state; nobody
 * writes to a state that was handed out, so readers on any thread may keep one.
 */
public final class AgentState {
    final CellConfig config;
    final Timing timing;
    final BootFacts facts;
    final Reacting reacting;
    /** The configured members and storages; what a record has to name. */
    private final List<HostId> hosts;

    private final List<StorageId> storages;

    HostPhase phase = HostPhase.JOINING;

    @Nullable
    Incarnation life;

    long sequence;
    long ids;
    boolean joinAsked;
    boolean latchStopDone;
    /** The list that was asked for after the latch, and whether it was complete and empty. */
    long latchQuestion;

    boolean latchListedEmpty;
    long latchRetryNs = Timing.NEVER;
    /** The last claim that was told as obeyed, 0 if none. */
    long obeyedToken;

    boolean recordRead;
    boolean leaseLossTold;
    /** The mark of the lease's way to its end that was told, in percent. */
    int leaseWarned;

    /** What the life before the present one came to, for the quarantine. */
    long formerCounter;

    boolean formerLatched;
    String quarantineWhy = "";

    final Map<StorageId, Lane> lanes = new LinkedHashMap<>();
    final Map<HostId, PeerView> peers = new LinkedHashMap<>();
    final Register register;
    final Lease lease;
    final Arming arming;
    final Map<HostId, FenceWork> works = new LinkedHashMap<>();
    /** When a suspicion of a host was last cleared. */
    final Map<HostId, Long> clearedNs = new HashMap<>();

    final Map<HostId, Long> suspectedNs = new LinkedHashMap<>();
    final Map<HostId, Long> nextAttemptNs = new HashMap<>();
    final Map<HostId, String> lastRefusal = new HashMap<>();
    /** What operators have said of suspects. */
    final Map<HostId, OperatorWord> words = new LinkedHashMap<>();

    /** By suspect: the newest shell that this host was asked to send for somebody else. */
    final Map<HostId, LentShell> lent = new HashMap<>();

    final PromiseWork promises;
    final PermitWork permits;
    final PowerIntents intents;
    /** By host: what its fence devices lacked when they were last looked at; empty when nothing. */
    final Map<HostId, String> powerTrouble = new TreeMap<>();

    final PowerLooks powerLooks;

    final Map<Long, Pending> pending = new HashMap<>();

    /** When this process first saw a claim, for the storm window (rule 15). */
    final Map<FenceToken, Long> claimSeenNs = new HashMap<>();
    /**
     * Each host's newest life, and when this process first saw it in the record: nobody is silent before
     * he is born.
     */
    final Map<HostId, Born> bornNs = new HashMap<>();
    /** When this process first saw that a host is gone (rule 2). */
    /** By host: the life whose end the record shows, and when this process first saw that. */
    final Map<HostId, Born> goneSeen = new HashMap<>();

    /** Claims below were opened before this process, or this life: what was promised then is not all known here. */
    long strangeBelow = Long.MAX_VALUE;

    /** Every claim on this life with a token below is spent, as far as was told to the helper here. */
    long spentBelow;

    long appliedVersion;
    /** The newest of them that is surely on tmpfs. */
    long storedVersion;

    long readAgainNs = Timing.NEVER;

    long refreshAskedFor;
    List<VmSeen> vms = List.of();
    boolean vmsComplete;
    /** The same as a beat tells it. */
    VmList vmList = new VmList(List.of(), false);

    boolean vmsInFlight;
    WatchdogReported watchdog = WatchdogReported.NOTHING;
    boolean keeperFeeding;
    long keeperWatchdogNs;

    private OwnPermits ownPermits = new OwnPermits(null, List.of());

    /** The permits for this host in a record; a record never changes, so they are picked out once. */
    private record OwnPermits(@Nullable CellRecord of, List<Permit> permits) {}

    /** A life, and when this process first saw it as joined, or as gone. */
    record Born(Incarnation life, long sinceNs) {}

    /** The state of a process that has just started. */
    public AgentState(CellConfig config, BootFacts facts) {
        this.config = config;
        this.facts = facts;
        timing = Timing.of(config);
        hosts = config.hosts();
        storages = config.storageIds();
        register = new Register(
                config.host(), config.indexOf(config.host()), storages, BlockRoom.unknown(StorageBlocks::bytesOf));
        lease = new Lease();
        arming = new Arming();
        promises = new PromiseWork();
        permits = new PermitWork();
        powerLooks = new PowerLooks();
        intents = new PowerIntents();
        reacting = ReactionRules.begin(facts, timing);
        storages.forEach(id -> lanes.put(id, new Lane(id)));
        hosts.stream().filter(host -> !host.equals(config.host())).forEach(host -> peers.put(host, new PeerView(host)));
        facts.promises().forEach(promise -> promises.bound.put(promise.token(), promise));
        promises.intact = facts.promisesIntact() && facts.stored().isPresent();
        permits.barriers.addAll(facts.barriers());
        facts.record().filter(this::isOfThisCell).ifPresent(register::seed);
        sequence = Math.max(1, facts.processStartNs());
        Resume.stored(this);
    }

    /** The parts of another state: those that never change shared, the others copied. */
    private AgentState(AgentState from) {
        config = from.config;
        timing = from.timing;
        facts = from.facts;
        hosts = from.hosts;
        storages = from.storages;
        register = from.register.copy();
        lease = from.lease.copy();
        arming = from.arming.copy();
        promises = from.promises.copy();
        permits = from.permits.copy();
        intents = from.intents.copy();
        powerTrouble.putAll(from.powerTrouble);
        powerLooks = from.powerLooks.copy();
        reacting = from.reacting.copy();
    }

    AgentState copy() {
        AgentState twin = new AgentState(this);
        twin.phase = phase;
        twin.life = life;
        twin.sequence = sequence;
        twin.ids = ids;
        twin.joinAsked = joinAsked;
        twin.latchStopDone = latchStopDone;
        twin.latchQuestion = latchQuestion;
        twin.latchListedEmpty = latchListedEmpty;
        twin.latchRetryNs = latchRetryNs;
        twin.obeyedToken = obeyedToken;
        twin.recordRead = recordRead;
        twin.formerCounter = formerCounter;
        twin.formerLatched = formerLatched;
        twin.quarantineWhy = quarantineWhy;
        twin.leaseLossTold = leaseLossTold;
        twin.leaseWarned = leaseWarned;
        lanes.forEach((id, lane) -> twin.lanes.put(id, lane.copy()));
        peers.forEach((host, peer) -> twin.peers.put(host, peer.copy()));
        works.forEach((host, work) -> twin.works.put(host, work.copy()));
        lent.forEach((host, shell) -> twin.lent.put(host, shell.copy()));
        twin.suspectedNs.putAll(suspectedNs);
        twin.clearedNs.putAll(clearedNs);
        twin.nextAttemptNs.putAll(nextAttemptNs);
        twin.lastRefusal.putAll(lastRefusal);
        twin.words.putAll(words);
        twin.pending.putAll(pending);
        twin.claimSeenNs.putAll(claimSeenNs);
        twin.bornNs.putAll(bornNs);
        twin.goneSeen.putAll(goneSeen);
        twin.strangeBelow = strangeBelow;
        twin.spentBelow = spentBelow;
        twin.appliedVersion = appliedVersion;
        twin.storedVersion = storedVersion;
        twin.readAgainNs = readAgainNs;
        twin.refreshAskedFor = refreshAskedFor;
        twin.vms = vms;
        twin.vmsComplete = vmsComplete;
        twin.vmList = vmList;
        twin.ownPermits = ownPermits;
        twin.vmsInFlight = vmsInFlight;
        twin.watchdog = watchdog;
        twin.keeperFeeding = keeperFeeding;
        twin.keeperWatchdogNs = keeperWatchdogNs;
        return twin;
    }

    /** Whether the record speaks of the cell as configured here. */
    boolean isOfThisCell(CellRecord record) {
        return record.members().equals(hosts)
                && record.storages().equals(storages)
                && record.cell().equals(config.cell());
    }

    /**
     * Whether the known record may be counted with on the network: read by this process, or left by the last one beside
     * intact promises (H18b). A promise binds without the record, so an older one acknowledges nobody it must not.
     */
    boolean mayCountPeers() {
        return recordRead || promises.intact;
    }

    HostId self() {
        return config.host();
    }

    /** Since when this process could have seen something of a host's newest life. */
    long watchedSinceNs(HostId host) {
        Born born = bornNs.get(host);
        return born == null ? facts.processStartNs() : Math.max(facts.processStartNs(), born.sinceNs());
    }

    long nextId() {
        return ++ids;
    }

    Optional<CellRecord> record() {
        return register.known();
    }

    /**
     * Whether this host leaves the VM alone: the record it knows says so. An older record may do so longer than the
     * newest one; the exemption does not end before this life has said that it knows (decision 0042).
     */
    boolean spares(VmId vm) {
        CellRecord record = register.known().orElse(null);
        return record != null && record.ignores(vm);
    }

    /** The VMs that this host leaves alone. */
    Set<VmId> spared() {
        return register.known().map(CellRecord::ignored).orElse(Set.of());
    }

    /** Whether a VM is listed that this host has to stop at its end. */
    boolean listsProtected() {
        for (VmSeen seen : vms) {
            if (!spares(seen.vm())) {
                return true;
            }
        }
        return false;
    }

    /** The permits of the known record. */
    List<Permit> permitsInRecord() {
        return register.known().map(CellRecord::permits).orElse(List.of());
    }

    /** Those of them for this host. */
    List<Permit> ownPermits() {
        CellRecord record = register.known().orElse(null);
        if (ownPermits.of() != record) {
            List<Permit> own = permitsInRecord().stream()
                    .filter(permit -> permit.destination().equals(self()))
                    .toList();
            ownPermits = new OwnPermits(record, own);
        }
        return ownPermits.permits();
    }

    /** Whether this life has joined and was not latched. */
    boolean isJoined() {
        return phase == HostPhase.JOINED && life != null;
    }

    /** An unjoined life's number may be taken again by the next boot, which would look old (decision 0010). */
    boolean isShown() {
        return life != null && phase != HostPhase.JOINING;
    }

    Incarnation requireLife() {
        if (life == null) {
            throw new IllegalStateException("host " + self() + " acts without a life at " + phase);
        }
        return life;
    }

    long leaseEndNs() {
        return lease.lastRenewalNs() + timing.selfNs();
    }

    boolean leaseLives(long nowNs) {
        return isJoined() && nowNs < leaseEndNs();
    }

    /** Listed with a process: what libvirt calls active before its fork, or after an end, is listed only. */
    boolean runs(VmId vm) {
        for (VmSeen seen : vms) {
            if (seen.vm().equals(vm) && seen.pid() > 0) {
                return true;
            }
        }
        return false;
    }

    boolean lists(VmId vm) {
        for (VmSeen seen : vms) {
            if (seen.vm().equals(vm)) {
                return true;
            }
        }
        return false;
    }

    /** What this host does when a lease ends of which it has promised nothing. */
    SelfFenceAction inForce() {
        if (config.reaction().shadow()) {
            return SelfFenceAction.SHADOW;
        }
        if (!config.reaction().on() || reacting.storing.disarmed()) {
            return SelfFenceAction.DISARMED;
        }
        return reacting.cooling && config.action().isDeed() ? SelfFenceAction.COOLDOWN : config.action();
    }

    /** Whether this host can promise an end that its watchdog enforces. */
    boolean canArm() {
        return inForce().isEnforceable() && config.watchdog().isCounted();
    }

    /** The terms that go out now. A beat never promises what the keeper does not hold (rule 4). */
    Terms terms() {
        boolean counted = config.watchdog().isCounted() && keeperFeeding;
        return new Terms(
                arming.published() ? config.action() : inForce(),
                timing.selfNs(),
                timing.actNs(),
                counted ? Math.max(keeperWatchdogNs, timing.watchdogNs()) : 0,
                counted ? config.watchdog() : WatchdogKind.NONE,
                counted && arming.published(),
                publishedSuspectNs(),
                timing.marginNs());
    }

    /** Rule 16: at least twice the recent round time, so that a slow lane alone never makes this host a suspect. */
    private long publishedSuspectNs() {
        long[] latencies = new long[lanes.size()];
        int open = 0;
        for (Lane lane : lanes.values()) {
            if (lane.open) {
                latencies[open++] = lane.latencyNs;
            }
        }
        Arrays.sort(latencies, 0, open);
        int counted = Math.min(open, Quorum.majority(lanes.size()));
        long slowest = counted == 0 ? 0 : latencies[counted - 1];
        return Math.min(timing.selfNs(), Math.max(timing.suspectNs(), 2 * (slowest + timing.beatNs())));
    }
}
