package io.quorumfence.wire;

import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;
import io.quorumfence.model.Beat;
import io.quorumfence.model.CellId;
import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.HostPhase;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.MailStage;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.Terms;
import io.quorumfence.model.VmId;
import io.quorumfence.model.VmList;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.record.Ballot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.GoneSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Values of every kind, drawn from a seed. */
final class Samples {
    static final MacKeys KEY = MacKeys.ofHex("ab".repeat(32));
    static final CellId CELL = new CellId("lab1");
    static final StorageId S1 = new StorageId("s1");

    private final Random random;

    Samples(long seed) {
        random = new Random(seed);
    }

    static StorageHeader header() {
        return new StorageHeader(CELL, S1, 7, new Layout(4, 8192), Instant.ofEpochMilli(1_700_000_000_000L), 5, true);
    }

    static StorageBlocks blocks() {
        return new StorageBlocks(KEY, header());
    }

    static HostId host(int index) {
        return new HostId("h" + (index + 1));
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    private <T> T oneOf(T[] constants) {
        return constants[below(constants.length)];
    }

    private long number() {
        return random.nextLong() >>> (1 + below(62));
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private Incarnation life() {
        return new Incarnation(1 + number() / 2, uuid());
    }

    Terms terms() {
        return new Terms(
                oneOf(SelfFenceAction.values()),
                1 + number() / 2,
                number(),
                number(),
                oneOf(WatchdogKind.values()),
                random.nextBoolean(),
                1 + number() / 2,
                number());
    }

    Beat beat(HostId host, int vms) {
        List<VmId> ids = Stream.generate(() -> new VmId(uuid())).limit(vms).toList();
        HostPhase phase = oneOf(HostPhase.values());
        boolean obeys = phase == HostPhase.LATCHED && random.nextBoolean();
        return new Beat(
                host,
                life(),
                phase,
                number(),
                number(),
                below(1000),
                number(),
                terms(),
                new VmList(ids, random.nextBoolean()),
                obeys ? Optional.of(new FenceToken(1 + number() / 2)) : Optional.empty());
    }

    MailEntry mail(HostId suspect, HostId claimer) {
        return new MailEntry(
                claimer, suspect, number(), new FenceToken(1 + number() / 2), oneOf(MailStage.values()), number());
    }

    AckRequest request() {
        return new AckRequest(
                host(below(16)),
                host(below(16)),
                life(),
                oneOf(HostPhase.values()),
                number(),
                random.nextLong(),
                number(),
                below(100),
                number(),
                terms());
    }

    Ack ack() {
        return new Ack(
                host(below(16)),
                host(below(16)),
                number(),
                number(),
                oneOf(Ack.Kind.values()),
                random.nextLong(),
                number(),
                number(),
                below(100));
    }

    Claim claim(List<HostId> members) {
        ClaimStage stage = oneOf(ClaimStage.values());
        Optional<Proof> proof = stage == ClaimStage.PROVEN
                ? Optional.of(new Proof(oneOf(Rung.values()), oneOf(ProofLevel.values()), "é".repeat(below(200))))
                : Optional.empty();
        return new Claim(
                new FenceToken(1 + number() / 2),
                members.get(below(members.size())),
                life(),
                members.get(below(members.size())),
                life(),
                stage,
                proof);
    }

    Permit permit(List<HostId> members) {
        Optional<FenceToken> claim =
                random.nextBoolean() ? Optional.of(new FenceToken(1 + number() / 2)) : Optional.empty();
        String requestId = switch (below(3)) {
            case 0 -> uuid().toString();
            case 1 -> uuid().toString().toUpperCase(java.util.Locale.ROOT);
            default -> "ü".repeat(1 + below(Permit.REQUEST_ID_MAX));
        };
        return new Permit(
                number(),
                requestId,
                new VmId(uuid()),
                members.get(below(members.size())),
                members.get(below(members.size())),
                life(),
                oneOf(PermitStage.values()),
                oneOf(Rung.values()),
                claim,
                number());
    }

    CellRecord record(int hosts, int claims, int permits) {
        List<HostId> members = IntStream.range(0, hosts).mapToObj(Samples::host).toList();
        Map<HostId, HostEntry> entries = members.stream()
                .filter(member -> random.nextBoolean())
                .collect(Collectors.toMap(h -> h, h -> new HostEntry(h, life(), random.nextBoolean())));
        Set<HostId> gone =
                members.stream().filter(member -> random.nextBoolean()).collect(Collectors.toSet());
        return new CellRecord(
                CELL,
                1 + number() / 2,
                below(100),
                members,
                List.of(S1, new StorageId("s2")),
                List.of(new GoneSet(1, Set.of()), new GoneSet(number(), gone)),
                entries,
                Stream.generate(() -> claim(members)).limit(claims).toList(),
                Stream.generate(() -> permit(members)).limit(permits).toList(),
                number());
    }

    BallotBlock ballot(CellRecord decided) {
        Ballot promised = new Ballot(1 + number() / 2, below(16));
        if (random.nextBoolean()) {
            return new BallotBlock(decided, promised, Ballot.ZERO, Optional.empty());
        }
        return new BallotBlock(decided, promised, new Ballot(1 + number() / 2, 1), Optional.of(successor(decided)));
    }

    /** The next version: one permit more, one changed, the first claim dropped. */
    private CellRecord successor(CellRecord record) {
        List<Permit> permits = new ArrayList<>(record.permits());
        if (!permits.isEmpty()) {
            permits.set(0, permits.get(0).at(PermitStage.ENDED));
        }
        permits.add(permit(record.members()));
        List<Claim> claims = record.claims().isEmpty()
                ? record.claims()
                : record.claims().subList(1, record.claims().size());
        return new CellRecord(
                record.cell(),
                record.version() + 1,
                record.membership(),
                record.members(),
                record.storages(),
                record.goneHistory(),
                record.hosts(),
                claims,
                permits,
                record.nextNumber() + 1);
    }
}
