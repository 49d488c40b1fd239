package io.quorumfence.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.CellId;
import io.quorumfence.model.Exemption;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.wire.Layout;
import io.quorumfence.wire.StorageBlocks;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many VMs become protected again at once, while what hosts say of it takes room in the record. */
class ExemptionCeilingTest {
    private List<HostId> members = List.of();
    private BlockRoom room = BlockRoom.unknown(StorageBlocks::bytesOf);

    /** The most that can stand there: nobody is missing but one host. */
    @ParameterizedTest(name = "{0} hosts in 32 KiB")
    @ValueSource(ints = {3, 16, 64, 256})
    void leavesRoomForClaimsAndForWhatEndsIt(int hosts) {
        CellRecord record = joined(hosts);
        for (int i = 0; i < ExemptionRules.MOST; i++) {
            VmId vm = new VmId(new UUID(0x1234567812345678L * (i + 1), i));
            record = tried(record, new RecordChange.IgnoreVm(vm, "an operator", "w".repeat(80)));
        }
        assertThat(record.exemptions().size()).isGreaterThan(30);
        for (Exemption entry : record.exemptions()) {
            record = after(record, new RecordChange.ProtectVm(entry.vm()));
        }
        for (int i = 0; i < hosts - 1; i++) {
            record = heard(record, i);
        }
        assertThat(tried(record, Story.claim(record, 0, 1))).isNotSameAs(record);
        assertThat(room.takes(record, heard(record, hosts - 1))).isTrue();
        assertThat(record.exemptions()).anyMatch(Exemption::leaving);
        assertThat(heard(record, hosts - 1).exemptions()).noneMatch(Exemption::leaving);
    }

    private CellRecord joined(int hosts) {
        members = IntStream.range(0, hosts)
                .mapToObj(i -> new HostId("kvm-%03d".formatted(i)))
                .toList();
        room = new BlockRoom(StorageBlocks::bytesOf, new Layout(hosts, 32 * 1024).ballotRoom());
        CellRecord record = CellRecord.first(new CellId("cell"), members, List.of(new StorageId("s1")));
        for (int i = 0; i < hosts; i++) {
            record = tried(record, new RecordChange.Join(members.get(i), life(i)));
        }
        return record;
    }

    /** One host says it of every VM, in one version. */
    private CellRecord heard(CellRecord record, int host) {
        CellRecord next = record;
        for (Exemption entry : record.exemptions()) {
            next = after(next, new RecordChange.HearProtected(entry.vm(), entry.turn(), members.get(host), life(host)));
        }
        return next;
    }

    private static CellRecord after(CellRecord record, RecordChange change) {
        return change.applyTo(record) instanceof ChangeResult.Applied applied ? applied.next() : record;
    }

    private static Incarnation life(int host) {
        return new Incarnation(1, new UUID(3, host));
    }

    private CellRecord tried(CellRecord record, RecordChange change) {
        return change.applyTo(record) instanceof ChangeResult.Applied applied && room.takes(record, applied.next())
                ? applied.next()
                : record;
    }
}
