package io.quorumfence.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Rung;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.MacKeys;
import io.quorumfence.wire.StorageBlocks;
import io.quorumfence.wire.StorageHeader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The register with blocks of the real encoder and of real sizes; the numbers are those of docs/record.md. */
class BlockCeilingTest {
    private static final StorageId ONE = new StorageId("s1");
    private static final int SMALL = Layout.BALLOT_BLOCK_MIN;

    /** A cell of so many hosts with ids and boot ids as long as real ones; all of them joined. */
    private static CellRecord cell(int hosts) {
        List<HostId> members = IntStream.range(100, 100 + hosts)
                .mapToObj(i -> new HostId("kvm-" + i))
                .toList();
        Map<HostId, HostEntry> entries = new HashMap<>();
        members.forEach(host ->
                entries.put(host, new HostEntry(host, new Incarnation(1000, uuid(9, members.indexOf(host))), false)));
        return new CellRecord(
                new io.quorumfence.model.CellId("cell-1"),
                100_000,
                1,
                members,
                List.of(ONE),
                List.of(new GoneSet(1, Set.of())),
                entries,
                List.of(),
                List.of(),
                20_000);
    }

    private static UUID uuid(long kind, long number) {
        return new UUID(0x1234_5678_9abc_4defL + kind, 0x8000_0000_0000_0000L | number);
    }

    private static RecordChange grant(CellRecord cell, int number) {
        List<HostId> hosts = cell.members();
        HostId last = hosts.get(number % hosts.size());
        return new RecordChange.GrantPermit(
                uuid(1, number).toString(),
                new VmId(uuid(2, number)),
                last,
                hosts.get((number + 1) % hosts.size()),
                new PermitBasis.HostSays(last, cell.host(last).orElseThrow().incarnation(), Rung.HOST_SAYS),
                60_000);
    }

    /** One host's register and one storage, whose blocks are really sealed. */
    private static final class Bench {
        final CellRecord cell;
        final Register register;
        final StorageBlocks blocks;
        BallotBlock mine;
        final List<RegisterOutcome> outcomes = new ArrayList<>();

        Bench(CellRecord cell, int ballotBlock) {
            this.cell = cell;
            Layout layout = new Layout(cell.members().size(), ballotBlock);
            register = new Register(cell.members().get(0), 0, List.of(ONE), BlockRoom.unknown(StorageBlocks::bytesOf));
            register.blockHolds(layout.ballotRoom());
            blocks = new StorageBlocks(
                    MacKeys.ofHex("5a".repeat(32)),
                    new StorageHeader(cell.cell(), ONE, 1, layout, Instant.ofEpochMilli(1), 1, true));
            mine = BallotBlock.of(cell);
        }

        void settle() {
            Map<HostId, Slot<BallotBlock>> all = new HashMap<>();
            cell.members().forEach(host -> all.put(host, Slot.of(BallotBlock.of(cell))));
            while (!register.isIdle()) {
                RegisterWant want = register.want(ONE).orElseThrow();
                if (want instanceof RegisterWant.Round round) {
                    blocks.sealBallot(0, 0, 1, round.block());
                    mine = round.block();
                }
                all.put(cell.members().get(0), Slot.of(mine));
                register.laneRead(ONE, want.generation(), Map.copyOf(all), 0);
            }
            outcomes.addAll(register.takeOutcomes());
        }

        long granted() {
            return outcomes.stream()
                    .filter(RegisterOutcome.Decided.class::isInstance)
                    .count();
        }

        List<String> refusals() {
            return outcomes.stream()
                    .filter(RegisterOutcome.Refused.class::isInstance)
                    .map(outcome -> ((RegisterOutcome.Refused) outcome).code())
                    .toList();
        }
    }

    @Test
    void refusesPermitsThatDoNotFitAndGoesOnWorking() {
        Bench bench = new Bench(cell(3), SMALL);
        for (int i = 0; i < 500; i++) {
            bench.register.submit(i, grant(bench.cell, i), 0);
        }
        bench.settle();

        assertThat(bench.granted()).isBetween(40L, 100L);
        assertThat(bench.refusals()).hasSize(500 - (int) bench.granted()).allMatch("record-full"::equals);

        bench.outcomes.clear();
        long first = bench.register.known().orElseThrow().permits().get(0).id();
        bench.register.submit(1_000, new RecordChange.EndPermit(first, false), 0);
        bench.register.submit(1_001, Story.claim(bench.cell, 0, 1), 0);
        bench.settle();

        assertThat(bench.granted()).isEqualTo(2);
        assertThat(bench.register.known().orElseThrow().claims()).hasSize(1);
    }

    @Test
    void theSmallestStorageThatWasOpenedCounts() {
        Bench bench = new Bench(cell(3), Layout.BALLOT_BLOCK_DEFAULT);
        bench.register.blockHolds(new Layout(3, SMALL).ballotRoom());
        for (int i = 0; i < 300; i++) {
            bench.register.submit(i, grant(bench.cell, i), 0);
        }
        bench.settle();

        assertThat(bench.refusals()).isNotEmpty();
        assertThat(StorageBlocks.bytesOf(bench.mine)).isLessThan(SMALL);
    }

    /** Every row of the table in docs/record.md. */
    @ParameterizedTest
    @CsvSource({
        "  3,   32,  327", //
        " 16,   32,  319",
        " 64,   32,  289",
        "256,   32,  161",
        "256,   64,  487",
        "256,   72,  570",
        "256,  128, 1145",
    })
    void holdsSoManyOpenPermits(int hosts, int kibibytes, int permits) {
        Bench bench = new Bench(cell(hosts), kibibytes * 1024);
        for (int i = 0; i < permits + 200; i++) {
            bench.register.submit(i, grant(bench.cell, i), 0);
        }
        bench.settle();

        assertThat(bench.granted()).isEqualTo(permits);
    }

    /** Nobody needs a permit to be gone: a full house of joins, and a claim on every second host, fits beside them. */
    @Test
    void theLargestCellHasRoomForItsClaimsInTheStandardBlock() {
        Bench bench = new Bench(cell(256), Layout.BALLOT_BLOCK_DEFAULT);
        for (int i = 0; i < 128; i++) {
            bench.register.submit(i, Story.claim(bench.cell, 2 * i, 2 * i + 1), 0);
        }
        bench.settle();

        assertThat(bench.refusals()).isEmpty();
        assertThat(bench.granted()).isEqualTo(128);
    }
}
