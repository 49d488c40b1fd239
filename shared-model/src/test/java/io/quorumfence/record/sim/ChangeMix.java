package io.quorumfence.record.sim;

import io.quorumfence.model.Claim;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.PermitBasis;
import io.quorumfence.record.RecordChange;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Random changes that make sense to a host that knows a certain record, a few that make none among them. */
final class ChangeMix {
    private static final Rung[] RUNGS = {Rung.SIBLING_SSH, Rung.PILL, Rung.TIME, Rung.OPERATOR, Rung.POWER};

    private final World world;
    private final SimHost host;
    private int requests;

    ChangeMix(World world, SimHost host) {
        this.world = world;
        this.host = host;
    }

    RecordChange next() {
        CellRecord record = host.known().orElse(world.first);
        return switch (world.chance.nextInt(12)) {
            case 0 -> new RecordChange.Join(host.id, host.incarnation());
            case 1, 2 -> openClaim(record);
            case 3 -> takeOver(record);
            case 4 -> withdraw(record);
            case 5 -> prove(record);
            case 6, 7 -> grant(record);
            case 8 -> redeem(record);
            case 9 -> new RecordChange.IntendPower(ownToken(record), host.id, host.incarnation());
            case 10 -> new RecordChange.AbandonPower(anyToken(record), host.id, host.incarnation());
            default -> end(record);
        };
    }

    private HostId anybody() {
        return world.first.members().get(world.chance.nextInt(world.weather.hosts()));
    }

    private static Incarnation lifeOf(HostId host, CellRecord record) {
        return record.host(host).map(HostEntry::incarnation).orElse(new Incarnation(1, new UUID(9, 9)));
    }

    private <T> Optional<T> anyOf(List<T> list) {
        return list.isEmpty() ? Optional.empty() : Optional.of(list.get(world.chance.nextInt(list.size())));
    }

    private FenceToken anyToken(CellRecord record) {
        return anyOf(record.claims()).map(Claim::token).orElse(new FenceToken(1));
    }

    private FenceToken ownToken(CellRecord record) {
        return anyOf(record.claims().stream()
                        .filter(claim -> claim.claimer().equals(host.id))
                        .toList())
                .map(Claim::token)
                .orElse(new FenceToken(1));
    }

    private RecordChange openClaim(CellRecord record) {
        HostId suspect = anybody();
        Set<FenceToken> aged = world.chance.nextBoolean()
                ? record.claims().stream().map(Claim::token).collect(java.util.stream.Collectors.toSet())
                : Set.of();
        return new RecordChange.OpenClaim(
                suspect, lifeOf(suspect, record), host.id, host.incarnation(), aged, 1 + world.chance.nextInt(5));
    }

    private RecordChange takeOver(CellRecord record) {
        FenceToken token = anyToken(record);
        HostId from = record.claim(token).map(Claim::claimer).orElse(anybody());
        return new RecordChange.TakeOver(token, from, host.id, host.incarnation());
    }

    private RecordChange withdraw(CellRecord record) {
        return new RecordChange.Withdraw(anyToken(record), host.id);
    }

    private RecordChange prove(CellRecord record) {
        FenceToken token = ownToken(record);
        Rung rung = RUNGS[world.chance.nextInt(RUNGS.length)];
        boolean mayBeHostGone = rung == Rung.TIME || rung == Rung.OPERATOR || rung == Rung.POWER;
        ProofLevel level = mayBeHostGone && world.chance.nextBoolean() ? ProofLevel.HOST_GONE : ProofLevel.VMS_GONE;
        return new RecordChange.Prove(
                token, host.id, host.incarnation(), record.epoch(), new Proof(rung, level, "simulated"));
    }

    private RecordChange grant(CellRecord record) {
        HostId last = anybody();
        VmId vm = new VmId(new UUID(7, world.chance.nextInt(3)));
        Optional<FenceToken> proven = anyOf(record.claims().stream()
                        .filter(claim -> claim.isProven() && claim.suspect().equals(last))
                        .toList())
                .map(Claim::token);
        PermitBasis basis = proven.isPresent() && world.chance.nextBoolean()
                ? new PermitBasis.ProvenClaim(proven.get())
                : new PermitBasis.HostSays(last, lifeOf(last, record), Rung.HOST_SAYS);
        String request = host.id + "-" + (world.chance.nextInt(5) == 0 ? requests : ++requests);
        return new RecordChange.GrantPermit("r" + request, vm, last, anybody(), basis, 1000);
    }

    private RecordChange redeem(CellRecord record) {
        Optional<Permit> mine = anyOf(record.permits().stream()
                .filter(permit -> permit.isOpen() && permit.destination().equals(host.id))
                .toList());
        return new RecordChange.RedeemPermit(
                mine.map(Permit::id).orElse(1L),
                mine.map(Permit::vm).orElse(new VmId(new UUID(7, 0))),
                host.id,
                host.incarnation());
    }

    private RecordChange end(CellRecord record) {
        Optional<Permit> open =
                anyOf(record.permits().stream().filter(Permit::isOpen).toList());
        return new RecordChange.EndPermit(open.map(Permit::id).orElse(1L), world.chance.nextBoolean());
    }
}
