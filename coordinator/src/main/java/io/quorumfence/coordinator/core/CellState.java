package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.AgentReport.Answered;
import io.quorumfence.coordinator.core.status.AgentStatus;
import io.quorumfence.coordinator.core.status.OwnVms;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * One cell as the coordinator knows it.
 *
 * @param agents the configured agents, in configured order
 * @param lastKnown where each VM was last listed by its own host, and under which kernel boot
 * @param hasNews whether a poll has ended since the open requests were judged at {@code judgedNs}
 * @param isBusy whether requests are pending, so that the agents are polled at the faster pace
 * @param starts permits that were given and whose VM is not known to run yet, by their number
 */
public record CellState(
        CellId cell,
        Map<HostId, AgentTrack> agents,
        Map<VmId, Sighting> lastKnown,
        boolean isBusy,
        boolean hasNews,
        long judgedNs,
        Map<Long, Start> starts) {

    /** Beyond this many the memory starts anew; it only tells the rungs reborn and host-says apart. */
    private static final int KNOWN_MAX = 100_000;

    public CellState {
        agents = Collections.unmodifiableMap(agents);
        lastKnown = Collections.unmodifiableMap(lastKnown);
        starts = Collections.unmodifiableMap(starts);
    }

    /** Where a VM was, by its host's own list, and in which state. */
    public record Sighting(HostId host, UUID bootId, String state) {}

    /**
     * A permit whose VM is on its way.
     *
     * @param sinceNs since when the gate knows of it
     * @param isShown whether the record has shown it: until then its absence there says nothing
     */
    public record Start(VmId vm, HostId destination, long sinceNs, boolean isShown) {}

    static CellState of(CellId cell, List<HostId> hosts) {
        Map<HostId, AgentTrack> agents = new LinkedHashMap<>();
        hosts.forEach(host -> agents.put(host, AgentTrack.UNTRIED));
        return new CellState(cell, agents, Map.of(), false, false, 0, Map.of());
    }

    CellState with(HostId host, AgentReport report) {
        AgentTrack before = agents.get(host);
        if (before == null) {
            return this;
        }
        Map<HostId, AgentTrack> next = new LinkedHashMap<>(agents);
        next.put(host, before.with(report));
        Map<VmId, Sighting> known = report instanceof Answered answer ? learn(answer.status()) : lastKnown;
        return new CellState(cell, next, known, isBusy, true, judgedNs, starts);
    }

    private Map<VmId, Sighting> learn(AgentStatus status) {
        boolean nothingNew = status.own().vms().stream()
                .allMatch(own -> sighting(status, own).equals(lastKnown.get(own.vm())));
        if (nothingNew) {
            return lastKnown;
        }
        Map<VmId, Sighting> next = new HashMap<>(lastKnown.size() < KNOWN_MAX ? lastKnown : Map.of());
        status.own().vms().forEach(own -> next.put(own.vm(), sighting(status, own)));
        return next;
    }

    private static Sighting sighting(AgentStatus status, OwnVms.OwnVm own) {
        return new Sighting(status.host(), status.bootId(), own.state());
    }

    CellState busy(boolean nowBusy) {
        return new CellState(cell, agents, lastKnown, nowBusy, hasNews, judgedNs, starts);
    }

    CellState judged(long nowNs) {
        return new CellState(cell, agents, lastKnown, isBusy, false, nowNs, starts);
    }

    CellState starting(Map<Long, Start> now) {
        return new CellState(cell, agents, lastKnown, isBusy, hasNews, judgedNs, now);
    }

    boolean isPolledSince(long sinceNs) {
        return agents.values().stream().allMatch(track -> track.isPolledSince(sinceNs));
    }
}
