package io.quorumfence.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.VmId;
import io.quorumfence.record.Ballot;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import io.quorumfence.record.ChangeResult;
import io.quorumfence.record.RecordChange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A record with exemptions is written so that an agent which knows of none cannot take it for one without (I8). */
class RecordFormatTest {
    private static final HostId A = new HostId("a");
    private static final VmId VM = new VmId(new UUID(3, 4));
    private static final Incarnation LIFE = new Incarnation(1, new UUID(5, 6));
    private static final BallotCodec CODEC = new BallotCodec();

    private final CellRecord plain = applied(
            CellRecord.first(new CellId("cell"), List.of(A, new HostId("b")), List.of(new StorageId("s"))),
            new RecordChange.Join(A, LIFE));
    private final CellRecord ignored = applied(plain, new RecordChange.IgnoreVm(VM, "jane", "a scratch VM"));
    private final CellRecord leaving = applied(ignored, new RecordChange.ProtectVm(VM));

    private static CellRecord applied(CellRecord record, RecordChange change) {
        return ((ChangeResult.Applied) change.applyTo(record)).next();
    }

    private static byte[] written(BallotBlock block) {
        Payload.Writer to = new Payload.Writer();
        CODEC.write(to, block);
        return to.toBytes();
    }

    private static BallotBlock read(byte[] bytes) {
        Payload.Reader from = new Payload.Reader(ByteBuffer.wrap(bytes));
        BallotBlock block = CODEC.read(from);
        from.end();
        return block;
    }

    @Test
    void whatIsWrittenIsReadInEveryMixtureOfTheTwoForms() {
        Ballot any = Ballot.ZERO.next(0);
        for (CellRecord decided : List.of(plain, ignored, leaving)) {
            for (CellRecord next : List.of(plain, ignored, leaving)) {
                BallotBlock block =
                        new BallotBlock(decided, any, any, Optional.of(next.withVersion(decided.version() + 1)));
                assertThat(read(written(block))).isEqualTo(block);
            }
        }
        assertThat(RecordImage.read(RecordImage.write(leaving, LIFE.bootId()), LIFE.bootId()))
                .contains(leaving);
    }

    @Test
    void aRecordWithoutExemptionsIsWrittenAsItAlwaysWas() {
        byte[] bytes = written(BallotBlock.of(plain));
        assertThat(new Payload.Reader(ByteBuffer.wrap(bytes)).text()).isEqualTo("cell");
    }

    /** An older agent takes the first text for the cell's name, and no cell has that one. */
    @Test
    void anAgentThatKnowsNoExemptionsCannotReadOne() {
        String cell = new Payload.Reader(ByteBuffer.wrap(written(BallotBlock.of(ignored)))).text();
        assertThatThrownBy(() -> new CellId(cell)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLaterFormIsRefusedByName() {
        byte[] bytes = written(BallotBlock.of(ignored));
        bytes[1] = 3;
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("speaks format 3");
    }
}
