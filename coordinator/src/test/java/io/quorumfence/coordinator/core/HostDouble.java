package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.status.AgentPhase;
import io.quorumfence.coordinator.core.status.AgentStatus;
import io.quorumfence.coordinator.core.status.HostTerms;
import io.quorumfence.coordinator.core.status.HostView;
import io.quorumfence.coordinator.core.status.OwnVms;
import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import io.quorumfence.model.VmList;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One host of a made-up cell, as plain fields that a test sets before its status is read. */
final class HostDouble {
    static final HostTerms FAST = new HostTerms("stop-vms", 6_000, 1_000, 2_000, "fifo-lab", true, 2_000);

    final HostId id;
    long counter = 1;
    UUID bootId;
    AgentPhase phase = AgentPhase.JOINED;
    boolean leaseLive = true;
    boolean latched;
    final List<VmId> vms = new ArrayList<>();
    boolean vmsComplete = true;

    @Nullable
    RecordView record;

    final List<AgentStatus.Alert> alerts = new ArrayList<>();
    final Map<HostId, HostView> views = new LinkedHashMap<>();

    HostDouble(String name) {
        id = new HostId(name);
        bootId = boot(name, 1);
    }

    static UUID boot(String name, int number) {
        return UUID.nameUUIDFromBytes((name + number).getBytes(StandardCharsets.UTF_8));
    }

    AgentStatus status() {
        return new AgentStatus(
                new CellId("lab1"),
                id,
                counter,
                bootId,
                phase,
                new AgentStatus.Lease(leaseLive, 5_000, 100L, 100L),
                FAST,
                new AgentStatus.Keeper(true, true, 5_000L, latched),
                List.of(new AgentStatus.StorageLane("s1", "ok", 100L, 2L, "")),
                List.copyOf(views.values()),
                new OwnVms(
                        vms.stream()
                                .map(vm -> new OwnVms.OwnVm(vm, "vm", 4711, "running"))
                                .toList(),
                        vmsComplete),
                record,
                new AgentStatus.Cluster(3, "joined"),
                alerts);
    }

    /** Sees the other host beat and acknowledge a moment ago, and its list of VMs complete. */
    View sees(HostDouble other) {
        return new View(this, other);
    }

    /** What one host sees of another; each change takes effect at once. */
    static final class View {
        private final HostDouble observer;
        private final HostDouble other;
        private @Nullable Long storageAgeMs = 200L;
        private @Nullable Long networkAgeMs = 200L;
        private long counter;
        private @Nullable AgentPhase phase = AgentPhase.JOINED;
        private UUID bootId;
        private boolean suspected;
        private HostView.RungView timeRung = new HostView.RungView(true, "armed", null);
        private @Nullable Boolean hasSsh;
        private String lastRefusal = "";
        private VmList vms;
        private HostView.@Nullable Work work;

        private View(HostDouble observer, HostDouble other) {
            this.observer = observer;
            this.other = other;
            counter = other.counter;
            bootId = other.bootId;
            vms = new VmList(other.vms, other.vmsComplete);
            publish();
        }

        View aged(@Nullable Long storageMs, @Nullable Long networkMs) {
            storageAgeMs = storageMs;
            networkAgeMs = networkMs;
            return publish();
        }

        View suspected() {
            suspected = true;
            return publish();
        }

        View phase(AgentPhase seen) {
            phase = seen;
            return publish();
        }

        View life(long seenCounter, UUID seenBootId) {
            counter = seenCounter;
            bootId = seenBootId;
            return publish();
        }

        View lists(boolean complete, VmId... seen) {
            vms = new VmList(List.of(seen), complete);
            return publish();
        }

        View time(boolean possible, String reason, @Nullable Long opensInMs) {
            timeRung = new HostView.RungView(possible, reason, opensInMs);
            return publish();
        }

        View ssh(boolean possible) {
            hasSsh = possible;
            return publish();
        }

        View works(String stage, String detail) {
            work = new HostView.Work(stage, 100L, null, List.of(), detail);
            return publish();
        }

        View sshSays(String verdict) {
            work = new HostView.Work("climbing", 100L, verdict, List.of(), "");
            return publish();
        }

        View lastRefusal(String why) {
            lastRefusal = why;
            return publish();
        }

        private View publish() {
            List<HostView.PlaneAge> planes = List.of(
                    new HostView.PlaneAge("management", networkAgeMs), new HostView.PlaneAge("storage", networkAgeMs));
            observer.views.put(
                    other.id,
                    new HostView(
                            other.id,
                            counter,
                            bootId,
                            phase,
                            false,
                            storageAgeMs,
                            networkAgeMs,
                            planes,
                            suspected,
                            suspected ? 500L : null,
                            FAST,
                            timeRung,
                            hasSsh,
                            vms,
                            FAST.suspectMs(),
                            work,
                            lastRefusal));
            return this;
        }
    }
}
