package io.quorumfence.agent.core;

import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.CellRecord;
import java.util.Optional;
import java.util.OptionalLong;

/** Questions that the simulator, the status page and tests ask of a state. Any thread; changes nothing. */
public final class AgentFacts {
    private AgentFacts() {}

    /** The newest record the agent knows. */
    public static CellRecord record(AgentState state) {
        return state.record().orElseThrow(() -> new IllegalStateException("no record is known yet"));
    }

    /** The newest record the agent knows, if it knows any. */
    public static Optional<CellRecord> known(AgentState state) {
        return state.record();
    }

    public static boolean isJoined(AgentState state) {
        return state.isJoined();
    }

    public static boolean leaseLives(AgentState state, long nowNs) {
        return state.leaseLives(nowNs);
    }

    /** What the time rung says of a host, in words. */
    public static String outlook(AgentState state, HostId host) {
        return TimeProof.outlook(
                        state, host, record(state).host(host).orElseThrow().incarnation())
                .reason();
    }

    /** The present life, joined or not; empty before one has begun. */
    public static Optional<Incarnation> life(AgentState state) {
        return Optional.ofNullable(state.life);
    }

    /** Time left of the lease, 0 without a live one. */
    public static double leaseRemainingSeconds(AgentState state, long nowNs) {
        return state.leaseLives(nowNs) ? (state.leaseEndNs() - nowNs) / 1e9 : 0;
    }

    /**
     * Whether nothing is near that a late tick could make late: no suspect, no work, no open request, and more than
     * half of the lease is left.
     */
    public static boolean isQuiet(AgentState state, long nowNs) {
        return state.leaseLives(nowNs)
                && 2 * (state.leaseEndNs() - nowNs) > state.timing.selfNs()
                && state.suspectedNs.isEmpty()
                && state.works.isEmpty()
                && !PowerIntents.bindThisHost(state)
                && state.permits.redeems.isEmpty()
                && state.permits.absences.isEmpty()
                && state.promises.waiting.isEmpty();
    }

    /** Whether the keeper holds a finite expiry and both majorities know. */
    public static boolean isArmed(AgentState state) {
        return state.arming.state == Arming.State.ARMED;
    }

    /** How much of the lease is used up, 0 to 1; 1 without a live one. */
    public static double leaseUsed(AgentState state, long nowNs) {
        return state.leaseLives(nowNs) ? (double) (nowNs - state.lease.lastRenewalNs()) / state.timing.selfNs() : 1;
    }

    /** Whether the keeper is alive and its watchdog open. */
    public static boolean isWatchdogOpen(AgentState state) {
        return state.keeperFeeding && state.config.watchdog().isCounted();
    }

    public static int suspects(AgentState state) {
        return state.suspectedNs.size();
    }

    /** Where this host's work on a suspect stands, in a word; empty when it does none. */
    public static String workStage(AgentState state, HostId host) {
        FenceWork work = state.works.get(host);
        return work == null ? "" : work.stage.name();
    }

    public static boolean isSuspect(AgentState state, HostId host) {
        return state.suspectedNs.containsKey(host);
    }

    /** Start of the newest round that renewed by storage, on the host's own clock; empty when none did in this life. */
    public static OptionalLong storageRenewedNs(AgentState state) {
        return state.isJoined() && state.lease.storageNs != Timing.NEVER
                ? OptionalLong.of(state.lease.storageNs)
                : OptionalLong.empty();
    }

    public static long recordVersion(AgentState state) {
        return state.register.knownVersion();
    }

    /** Age of the last good answer of a storage; infinite when there was none. */
    public static double storageAgeSeconds(AgentState state, StorageId storage, long nowNs) {
        Lane lane = state.lanes.get(storage);
        return lane == null || lane.okEndNs == Timing.NEVER ? Double.POSITIVE_INFINITY : (nowNs - lane.okEndNs) / 1e9;
    }

    /** Time the last finished operation on a storage took. */
    public static double storageLatencySeconds(AgentState state, StorageId storage) {
        Lane lane = state.lanes.get(storage);
        return lane == null ? 0 : lane.latencyNs / 1e9;
    }
}
