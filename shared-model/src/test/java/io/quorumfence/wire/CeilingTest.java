package io.quorumfence.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.PermitStage;
import io.quorumfence.model.Rung;
import io.quorumfence.model.VmId;
import io.quorumfence.record.Ballot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.GoneSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The published sizes of docs/storage-format.md; a change of theirs changes what fits. */
class CeilingTest {

    @Test
    void aHostAClaimAndAPermitKeepTheirPublishedSize() {
        int base = bytes(record(16, 0, 0));
        assertThat(bytes(record(32, 0, 0)) - base).isLessThanOrEqualTo(16 * 40);
        assertThat(bytes(record(16, 16, 0)) - base).isLessThanOrEqualTo(16 * 24);
        assertThat(bytes(record(16, 0, 100)) - base).isLessThanOrEqualTo(100 * 60);
    }

    @Test
    void theStandardBlockHoldsSixteenHostsAndFourHundredPermits() {
        assertThat(bytes(record(16, 16, 400))).isLessThan(Layout.BALLOT_BLOCK_DEFAULT - BlockFrame.OVERHEAD);
    }

    @Test
    void sixtyFourKibibytesHoldTheLargestCellAndFiveHundredPermits() {
        assertThat(bytes(record(256, 16, 500))).isLessThan(64 * 1024 - BlockFrame.OVERHEAD);
    }

    /** A block with the record and an equal-sized candidate. */
    private static int bytes(CellRecord record) {
        Payload.Writer to = new Payload.Writer();
        new BallotCodec().write(to, new BallotBlock(record, new Ballot(9, 1), new Ballot(9, 1), Optional.of(record)));
        return to.toBytes().length;
    }

    private static CellRecord record(int hosts, int claims, int permits) {
        List<HostId> members = IntStream.range(100, 100 + hosts)
                .mapToObj(i -> new HostId("kvm-" + i))
                .toList();
        Incarnation life = new Incarnation(1000, uuid(0));
        Map<HostId, HostEntry> entries = members.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        host -> new HostEntry(host, new Incarnation(1000, uuid(members.indexOf(host))), false)));
        return new CellRecord(
                Samples.CELL,
                100_000,
                1,
                members,
                List.of(Samples.S1),
                List.of(new GoneSet(1, Set.of())),
                entries,
                IntStream.range(0, claims)
                        .mapToObj(i -> new Claim(
                                new FenceToken(10_000 + i),
                                members.get(1),
                                life,
                                members.get(2),
                                life,
                                ClaimStage.CLAIMED,
                                Optional.empty()))
                        .toList(),
                IntStream.range(0, permits)
                        .mapToObj(i -> new Permit(
                                10_000 + i,
                                uuid(i).toString(),
                                new VmId(uuid(-i)),
                                members.get(1),
                                members.get(2),
                                life,
                                PermitStage.GRANTED,
                                Rung.TIME,
                                Optional.of(new FenceToken(10_000)),
                                60_000))
                        .toList(),
                20_000);
    }

    private static UUID uuid(long number) {
        return new UUID(0x1234_5678_9abc_4defL, 0x8000_0000_0000_0000L | number & 0xffff_ffffL);
    }
}
