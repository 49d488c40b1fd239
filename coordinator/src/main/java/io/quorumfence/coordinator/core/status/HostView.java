package io.quorumfence.coordinator.core.status;

import io.quorumfence.model.HostId;
import io.quorumfence.model.VmList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One host as another one sees it. Ages are milliseconds since the observer last saw a change; null means never.
 *
 * @param counter life of the newest beat the observer has read, 0 when it has read none
 * @param bootId kernel boot of that life
 * @param phase phase in that beat
 * @param vms list in that beat
 * @param suspectAfterMs silence after which the observer suspects the host
 * @param hasSsh whether a sibling may reach the host by ssh; null when the agent does not say
 * @param lastRefusal code and reason why the observer's last attempt on the host ended, empty if none did
 */
public record HostView(
        HostId host,
        long counter,
        @Nullable UUID bootId,
        @Nullable AgentPhase phase,
        boolean self,
        @Nullable Long storageAgeMs,
        @Nullable Long networkAgeMs,
        List<PlaneAge> planes,
        boolean suspected,
        @Nullable Long suspectedForMs,
        @Nullable HostTerms terms,
        RungView timeRung,
        @Nullable Boolean hasSsh,
        VmList vms,
        @Nullable Long suspectAfterMs,
        @Nullable Work work,
        String lastRefusal) {
    public HostView {
        planes = List.copyOf(planes);
    }

    /** Age of the last acknowledgement on one network plane. */
    public record PlaneAge(String plane, @Nullable Long ageMs) {}

    /**
     * Whether a rung exists for this host.
     *
     * @param opensInMs when it would prove, if nothing is seen until then; null when that is not known yet
     */
    public record RungView(
            boolean possible, String reason, @Nullable Long opensInMs) {}

    /**
     * What the observer does about the host.
     *
     * @param ssh how the last ssh attempt ended, null before that
     * @param promises the hosts whose promises it holds
     */
    public record Work(
            String stage, @Nullable Long sinceMs, @Nullable String ssh, List<HostId> promises, String detail) {
        private static final Set<String> AT_REST = Set.of("idle", "");

        public Work {
            promises = List.copyOf(promises);
        }

        public boolean isActive() {
            return !AT_REST.contains(stage.toLowerCase(Locale.ROOT));
        }

        /** Whether an ssh attempt came back with a process that is still there. */
        public boolean saysStillAlive() {
            return "STILL_ALIVE".equals(ssh);
        }
    }
}
