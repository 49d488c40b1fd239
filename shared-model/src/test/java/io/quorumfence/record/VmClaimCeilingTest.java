package io.quorumfence.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Permit;
import io.quorumfence.model.Rung;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.StorageBlocks;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of docs/record.md: so many VMs can be claimed at the same time. */
class VmClaimCeilingTest {

    @ParameterizedTest(name = "{0} hosts, {1} KiB: {2} claims")
    @CsvSource({"3, 32, 208", "16, 32, 201", "16, 128, 848", "16, 320, 2142"})
    void holdsSoManyClaimsAndLeavesRoomForPermits(int hosts, int kib, int claims) {
        List<HostId> members = IntStream.range(0, hosts)
                .mapToObj(i -> new HostId("kvm-%03d".formatted(i)))
                .toList();
        CellRecord record = CellRecord.first(new CellId("cell"), members, List.of(new StorageId("s1")));
        for (int i = 0; i < hosts; i++) {
            record = after(record, new RecordChange.Join(members.get(i), new Incarnation(1, new UUID(3, i))));
        }
        BlockRoom room = new BlockRoom(StorageBlocks::bytesOf, new Layout(hosts, kib * 1024).ballotRoom());
        CellRecord before = record;
        for (int i = 0; i < claims; i++) {
            before = record;
            record = after(record, claim(members, i));
        }
        assertThat(room.takes(before, record)).isTrue();
        assertThat(room.takes(record, after(record, claim(members, claims)))).isFalse();
    }

    /** A host restarts a VM that it holds by a gate's permit, where permits took the reserve after a death. */
    @Test
    void aRestartFitsWhereItsPermitDid() {
        List<HostId> members = List.of(new HostId("kvm-000"), new HostId("kvm-001"), new HostId("kvm-002"));
        CellRecord record = CellRecord.first(new CellId("cell"), members, List.of(new StorageId("s1")));
        for (int i = 0; i < 3; i++) {
            record = after(record, new RecordChange.Join(members.get(i), new Incarnation(1, new UUID(3, i))));
        }
        BlockRoom room = new BlockRoom(StorageBlocks::bytesOf, new Layout(3, 32 * 1024).ballotRoom());
        VmId last = new VmId(new UUID(9, 9));
        for (int i = 0; ; i++) {
            VmId vm = new VmId(new UUID(0x1234567812345678L * (i + 1), i));
            CellRecord next = after(
                    record,
                    new RecordChange.GrantPermit(
                            "manager-request-number-" + i,
                            vm,
                            members.get(1),
                            members.get(0),
                            new PermitBasis.HostSays(
                                    members.get(1), new Incarnation(1, new UUID(3, 1)), Rung.HOST_SAYS),
                            60_000));
            if (!room.takes(record, next)) {
                break;
            }
            long id = next.openPermits(vm).get(0).id();
            record = after(
                    next, new RecordChange.RedeemPermit(id, vm, members.get(0), new Incarnation(1, new UUID(3, 0))));
            last = vm;
        }
        CellRecord again = after(
                record,
                new RecordChange.TakeClaim(
                        Permit.START_CLAIM + "1-1", last, members.get(0), new Incarnation(1, new UUID(3, 0))));
        assertThat(room.takes(record, again)).isTrue();
    }

    private static RecordChange claim(List<HostId> members, int number) {
        HostId host = members.get(number % members.size());
        return new RecordChange.TakeClaim(
                Permit.START_CLAIM + "1-" + (123_456_789_012_345L + number),
                new VmId(new UUID(0x1234567812345678L * (number + 1), number)),
                host,
                new Incarnation(1, new UUID(3, number % members.size())));
    }

    private static CellRecord after(CellRecord record, RecordChange change) {
        if (change.applyTo(record) instanceof ChangeResult.Applied applied) {
            return applied.next();
        }
        throw new AssertionError(change.applyTo(record).toString());
    }
}
