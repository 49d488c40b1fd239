package io.quorumfence.record;

import io.quorumfence.model.CellId;
import io.quorumfence.model.Claim;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/** A record to which changes are applied one after the other, and the words the rule tests speak in. */
final class Story {
    static final HostId A = new HostId("h1");
    static final HostId B = new HostId("h2");
    static final HostId C = new HostId("h3");
    static final VmId VM = new VmId(new UUID(7, 1));
    static final int NO_LIMIT = 1_000;

    private CellRecord record;

    private Story(CellRecord record) {
        this.record = record;
    }

    /** A cell of so many hosts, named h1, h2 and so on; each has joined as life 1 of boot 1. */
    static Story ofJoined(int hosts) {
        Story story = ofNobody(hosts);
        story.record.members().forEach(host -> story.then(new RecordChange.Join(host, life(1, 1))));
        return story;
    }

    static Story ofNobody(int hosts) {
        List<HostId> members = IntStream.rangeClosed(1, hosts)
                .mapToObj(i -> new HostId("h" + i))
                .toList();
        return new Story(CellRecord.first(new CellId("cell"), members, List.of(new StorageId("s1"))));
    }

    static Incarnation life(long counter, long boot) {
        return new Incarnation(counter, new UUID(0, boot));
    }

    CellRecord record() {
        return record;
    }

    /** The change must be valid. */
    Story then(RecordChange change) {
        ChangeResult result = change.applyTo(record);
        if (!(result instanceof ChangeResult.Applied applied)) {
            throw new AssertionError(change + " gives " + result + " on " + record);
        }
        record = applied.next();
        return this;
    }

    /** What comes of a change: "applied", "already" or the code of the refusal. */
    String result(RecordChange change) {
        ChangeResult result = change.applyTo(record);
        if (result instanceof ChangeResult.Rejected no) {
            return no.code();
        }
        return result instanceof ChangeResult.Already ? "already" : "applied";
    }

    private Incarnation lifeOf(HostId host) {
        return record.host(host).orElseThrow().incarnation();
    }

    RecordChange.OpenClaim claim(HostId claimer, HostId suspect) {
        return claim(claimer, suspect, Set.of(), NO_LIMIT);
    }

    RecordChange.OpenClaim claim(HostId claimer, HostId suspect, Set<FenceToken> aged, int limit) {
        return new RecordChange.OpenClaim(suspect, lifeOf(suspect), claimer, lifeOf(claimer), aged, limit);
    }

    /** One member of a joined cell claims another. */
    static RecordChange.OpenClaim claim(CellRecord cell, int claimer, int suspect) {
        HostId by = cell.members().get(claimer);
        HostId on = cell.members().get(suspect);
        return new RecordChange.OpenClaim(
                on,
                cell.host(on).orElseThrow().incarnation(),
                by,
                cell.host(by).orElseThrow().incarnation(),
                Set.of(),
                NO_LIMIT);
    }

    Claim lastClaim() {
        return record.claims().get(record.claims().size() - 1);
    }

    RecordChange.Prove prove(Rung rung, ProofLevel level) {
        Claim claim = lastClaim();
        return new RecordChange.Prove(
                claim.token(),
                claim.claimer(),
                claim.claimerIncarnation(),
                record.epoch(),
                new Proof(rung, level, "seen in a test"));
    }

    RecordChange.Withdraw withdraw(HostId by) {
        return new RecordChange.Withdraw(lastClaim().token(), by);
    }

    RecordChange.IntendPower intend() {
        Claim claim = lastClaim();
        return new RecordChange.IntendPower(claim.token(), claim.claimer(), claim.claimerIncarnation());
    }

    RecordChange.AbandonPower abandon(HostId by) {
        return new RecordChange.AbandonPower(lastClaim().token(), by, lifeOf(by));
    }

    RecordChange.TakeOver takeOver(HostId from, HostId by) {
        return new RecordChange.TakeOver(lastClaim().token(), from, by, lifeOf(by));
    }

    RecordChange.GrantPermit grantBySaying(String request, HostId last, HostId destination) {
        PermitBasis word = new PermitBasis.HostSays(last, lifeOf(last), Rung.HOST_SAYS);
        return new RecordChange.GrantPermit(request, VM, last, destination, word, 1_000);
    }

    RecordChange.GrantPermit grantByClaim(String request, HostId last, HostId destination) {
        return new RecordChange.GrantPermit(
                request,
                VM,
                last,
                destination,
                new PermitBasis.ProvenClaim(lastClaim().token()),
                1_000);
    }

    Permit lastPermit() {
        return record.permits().get(record.permits().size() - 1);
    }

    RecordChange.RedeemPermit redeem() {
        Permit permit = lastPermit();
        return new RecordChange.RedeemPermit(
                permit.id(), permit.vm(), permit.destination(), permit.destinationIncarnation());
    }

    RecordChange.EndPermit end(boolean verifiedAbsent) {
        return new RecordChange.EndPermit(lastPermit().id(), verifiedAbsent);
    }

    /** Claims a host and proves it. */
    Story fence(HostId claimer, HostId suspect, Rung rung, ProofLevel level) {
        then(claim(claimer, suspect));
        return then(prove(rung, level));
    }
}
