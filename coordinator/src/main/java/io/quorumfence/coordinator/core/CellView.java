package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.AgentReport.Answered;
import io.quorumfence.coordinator.core.AgentReport.Unreadable;
import io.quorumfence.coordinator.core.status.AgentStatus;
import io.quorumfence.coordinator.core.status.HostView;
import io.quorumfence.coordinator.core.status.OwnVms;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** What the cell's agents add up to at one moment; built once for all requests that are judged together. */
public final class CellView {
    private static final long NS_PER_MS = 1_000_000;

    private final CellState state;
    private final long nowNs;
    private final Map<HostId, Answered> recent = new LinkedHashMap<>();
    private final Optional<RecordView> record;
    private final Set<HostId> hosts;
    private final Map<HostId, Set<VmId>> listed = new HashMap<>();

    private CellView(CellState state, GatePolicy policy, long nowNs) {
        this.state = state;
        this.nowNs = nowNs;
        state.agents()
                .forEach((host, track) ->
                        track.answeredSince(nowNs - policy.recentNs()).ifPresent(answer -> recent.put(host, answer)));
        record = state.agents().values().stream()
                .flatMap(track -> track.answeredSince(nowNs - policy.recordNs()).stream())
                .map(answer -> answer.status().record())
                .filter(shown -> shown != null)
                .max(Comparator.comparingLong(RecordView::version));
        hosts = new LinkedHashSet<>(state.agents().keySet());
        record.ifPresent(known -> hosts.addAll(known.members()));
    }

    public static CellView of(CellState state, GatePolicy policy, long nowNs) {
        return new CellView(state, policy, nowNs);
    }

    public CellState state() {
        return state;
    }

    public long nowNs() {
        return nowNs;
    }

    /** The newest decided record that any agent has shown lately. */
    public Optional<RecordView> record() {
        return record;
    }

    /** Configured hosts and members of the record: a host that is only in one of them is not forgotten. */
    public Set<HostId> hosts() {
        return hosts;
    }

    /** The agent's status, if its newest poll was answered. */
    public Optional<AgentStatus> answering(HostId host) {
        // Both: a poll that was answered long ago is the newest one while the next is stuck.
        return track(host).answered().isPresent() ? recent(host) : Optional.empty();
    }

    /** The agent's status, if it answered lately: one lost poll does not unsay it. */
    public Optional<AgentStatus> recent(HostId host) {
        return Optional.ofNullable(recent.get(host)).map(Answered::status);
    }

    /** Whether the host lists the VM itself, by a recent answer. */
    boolean isListed(HostId host, VmId vm) {
        return listed.computeIfAbsent(
                        host,
                        of -> recent(of)
                                .map(status -> status.own().vms().stream()
                                        .map(OwnVms.OwnVm::vm)
                                        .collect(Collectors.toSet()))
                                .orElse(Set.of()))
                .contains(vm);
    }

    /** Whether any agent has answered lately. */
    public boolean hasAgents() {
        return !recent.isEmpty();
    }

    /** Agents whose newest answer cannot be used, with what is wrong. */
    public Map<HostId, Unreadable> unreadable() {
        Map<HostId, Unreadable> found = new LinkedHashMap<>();
        state.agents().forEach((host, track) -> {
            if (track.latest() instanceof Unreadable bad) {
                found.put(host, bad);
            }
        });
        return found;
    }

    /** Why the newest poll of the host got no status. */
    public String silence(HostId host) {
        AgentReport latest = track(host).latest();
        if (latest instanceof AgentReport.Silent silent) {
            return silent.why();
        }
        return latest == null ? "its agent is not configured here" : "its agent's answer is not usable";
    }

    /** What the other agents saw of a host, with the poll that brought it. */
    public List<Sight> sightsOf(HostId host) {
        List<Sight> sights = new ArrayList<>();
        recent.forEach((observer, answer) -> {
            if (!observer.equals(host)) {
                answer.status().viewOf(host).ifPresent(view -> sights.add(new Sight(observer, view, answer)));
            }
        });
        return sights;
    }

    private AgentTrack track(HostId host) {
        return state.agents().getOrDefault(host, AgentTrack.UNTRIED);
    }

    /** One observer's view of one host. */
    public record Sight(HostId observer, HostView view, Answered answer) {

        /** Earliest moment at which something of this age can have been seen, on the coordinator's clock. */
        long notBeforeNs(long ageMs) {
            return answer.startedNs() - ageMs * NS_PER_MS;
        }

        /** Latest moment at which the observer can have seen anything of the host; empty when it never has. */
        OptionalLong lastSeenNs() {
            Long storage = view.storageAgeMs();
            Long network = view.networkAgeMs();
            if (storage == null && network == null) {
                return OptionalLong.empty();
            }
            long ageMs =
                    Math.min(storage == null ? Long.MAX_VALUE : storage, network == null ? Long.MAX_VALUE : network);
            return OptionalLong.of(answer.endedNs() - ageMs * NS_PER_MS);
        }

        boolean isWorking() {
            return view.work() != null && view.work().isActive();
        }
    }
}
