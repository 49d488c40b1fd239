package io.quorumfence.coordinator.core.status;

import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.VmId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The cell record as one agent shows it: a decided version, perhaps not the newest. */
public record RecordView(
        long version,
        List<HostId> members,
        List<RecordHost> hosts,
        List<ClaimView> claims,
        List<PermitView> permits,
        List<Exempt> exempt) {
    public RecordView {
        members = List.copyOf(members);
        hosts = List.copyOf(hosts);
        claims = List.copyOf(claims);
        permits = List.copyOf(permits);
        exempt = List.copyOf(exempt);
    }

    /** Why nobody gets a permit for the VM; empty when it is protected. */
    public Optional<Exempt> exempt(VmId vm) {
        return exempt.stream().filter(entry -> entry.vm().equals(vm)).findFirst();
    }

    /** The newest life of a host that joined. */
    public Optional<RecordHost> host(HostId host) {
        return hosts.stream().filter(entry -> entry.host().equals(host)).findFirst();
    }

    /** The claim that proves the newest life of the host over. */
    public Optional<ClaimView> provenOnNewestLife(HostId host) {
        return host(host)
                .flatMap(entry -> claims.stream()
                        .filter(claim -> claim.stage() == ClaimStage.PROVEN
                                && claim.suspect().equals(host)
                                && claim.counter() == entry.counter())
                        .findFirst());
    }

    /** Claims on any life of the host that are not closed. */
    public List<ClaimView> openClaims(HostId host) {
        return claims.stream()
                .filter(claim -> claim.stage().isOpen() && claim.suspect().equals(host))
                .toList();
    }

    public List<PermitView> openPermits(VmId vm) {
        return permits.stream()
                .filter(permit ->
                        permit.stage() != PermitStage.ENDED && permit.vm().equals(vm))
                .toList();
    }

    /** The permit that an earlier ask of the same request was given, in whatever stage. */
    public Optional<PermitView> permitOf(String requestId, VmId vm) {
        return permits.stream()
                .filter(permit ->
                        permit.requestId().equals(requestId) && permit.vm().equals(vm))
                .findFirst();
    }

    /** One host's newest life in the record. */
    public record RecordHost(
            HostId host, long counter, @Nullable UUID bootId, boolean gone) {}

    /** One claim of the record. Rung and level are null until it is proven. */
    public record ClaimView(
            FenceToken token,
            HostId suspect,
            long counter,
            @Nullable HostId claimer,
            ClaimStage stage,
            @Nullable String rung,
            @Nullable String level,
            String evidence) {}

    /** A VM that is not protected. */
    public record Exempt(VmId vm, String vmClass, String by, String why, List<String> awaited) {
        public Exempt {
            awaited = List.copyOf(awaited);
        }
    }

    /** One permit of the record. */
    public record PermitView(
            long id,
            String requestId,
            VmId vm,
            HostId lastHost,
            HostId destination,
            long destinationCounter,
            PermitStage stage,
            String rung) {}
}
