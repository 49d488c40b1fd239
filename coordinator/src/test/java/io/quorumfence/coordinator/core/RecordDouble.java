package io.quorumfence.coordinator.core;

import io.quorumfence.coordinator.core.status.RecordView;
import io.quorumfence.coordinator.core.status.RecordView.ClaimView;
import io.quorumfence.coordinator.core.status.RecordView.PermitView;
import io.quorumfence.coordinator.core.status.RecordView.RecordHost;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.List;

/** A cell record that a test writes by hand. */
final class RecordDouble {
    private long version = 10;
    final List<HostId> members = new ArrayList<>();
    final List<RecordHost> hosts = new ArrayList<>();
    final List<ClaimView> claims = new ArrayList<>();
    final List<PermitView> permits = new ArrayList<>();

    RecordDouble joined(HostDouble host) {
        hosts.removeIf(entry -> entry.host().equals(host.id));
        hosts.add(new RecordHost(host.id, host.counter, host.bootId, false));
        if (!members.contains(host.id)) {
            members.add(host.id);
        }
        return this;
    }

    RecordDouble gone(HostDouble host) {
        hosts.removeIf(entry -> entry.host().equals(host.id));
        hosts.add(new RecordHost(host.id, host.counter, host.bootId, true));
        return this;
    }

    RecordDouble claim(long token, HostDouble suspect, long counter, String claimer, ClaimStage stage) {
        boolean proven = stage == ClaimStage.PROVEN;
        claims.removeIf(old -> old.token().value() == token);
        claims.add(new ClaimView(
                new FenceToken(token),
                suspect.id,
                counter,
                new HostId(claimer),
                stage,
                proven ? "time" : null,
                proven ? "VMS_GONE" : null,
                proven ? "silent for 15020 ms, takeover time 14026 ms" : ""));
        return this;
    }

    RecordDouble permit(long id, String request, VmId vm, String last, HostDouble to, PermitStage stage) {
        permits.removeIf(old -> old.id() == id);
        permits.add(new PermitView(id, request, vm, new HostId(last), to.id, to.counter, stage, "time"));
        return this;
    }

    /** The next version; every version is another object. */
    RecordView next() {
        return new RecordView(version++, members, hosts, claims, permits, List.of());
    }
}
