package io.quorumfence.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.CellId;
import io.quorumfence.model.StorageId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderCodecTest {
    private final HeaderCodec codec = new HeaderCodec(Samples.KEY);
    private final byte[] sealed = pair(Samples.header());

    @Test
    void comesBackAsItWasWritten() {
        assertThat(open(sealed)).isEqualTo(new HeaderRead.Found(Samples.header()));
    }

    @Test
    void everyFlippedBitOfOneCopyLeavesTheOther() {
        for (int bit = 0; bit < Layout.BLOCK * 8; bit++) {
            byte[] damaged = sealed.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            HeaderRead read = open(damaged);
            // A flip in the format number cannot be told from a newer agent's header: unusable, not guessed.
            boolean inFormat = bit / 16 == 2;
            assertThat(read).isInstanceOf(inFormat ? HeaderRead.OtherFormat.class : HeaderRead.Found.class);
        }
    }

    @Test
    void twoDamagedCopiesAreBrokenAndNeverBlank() {
        byte[] damaged = sealed.clone();
        damaged[100]++;
        damaged[Layout.BLOCK + 100]++;
        assertThat(open(damaged)).isInstanceOf(HeaderRead.Broken.class);
    }

    @Test
    void zerosAreBlank() {
        assertThat(open(new byte[Layout.PAIR])).isEqualTo(new HeaderRead.Blank());
    }

    @Test
    void anotherFormatIsNamed() {
        byte[] future = sealed.clone();
        future[4] = 2;
        assertThat(open(future)).isEqualTo(new HeaderRead.OtherFormat(2));
        assertThat(((HeaderRead.OtherFormat) open(future)).detail()).isEqualTo("speaks format 2, this agent 1");
    }

    @Test
    void anInterruptedReplacementIsBroken() {
        byte[] mixed = pair(Samples.header().at(false));
        System.arraycopy(sealed, 0, mixed, 0, Layout.BLOCK);
        assertThat(open(mixed)).isInstanceOf(HeaderRead.Broken.class);
    }

    @Test
    void aHeaderElsewhereIsNone() {
        byte[] swapped = new byte[Layout.PAIR];
        System.arraycopy(sealed, Layout.BLOCK, swapped, 0, Layout.BLOCK);
        assertThat(open(swapped)).isInstanceOf(HeaderRead.Broken.class);
    }

    @Test
    void aStrangerIsNamed() {
        StorageHeader header = Samples.header();
        assertThat(header.whyUnfit(Samples.CELL, new StorageId("s2"), 3))
                .contains("foreign header: this is storage s1 of cell lab1, not storage s2 of cell lab1");
        assertThat(header.whyUnfit(new CellId("x"), Samples.S1, 3)).isPresent();
        assertThat(header.whyUnfit(Samples.CELL, Samples.S1, 5)).contains("formatted for 4 hosts, the cell has 5");
        assertThat(header.at(false).whyUnfit(Samples.CELL, Samples.S1, 3)).isPresent();
        assertThat(header.whyUnfit(Samples.CELL, Samples.S1, 4)).isEmpty();
    }

    private byte[] pair(StorageHeader header) {
        List<BlockWrite> copies = codec.seal(header);
        return StorageBlockProperties.pair(copies.get(0).bytes(), copies.get(1).bytes())
                .array();
    }

    private HeaderRead open(byte[] pair) {
        return codec.open(ByteBuffer.wrap(Arrays.copyOf(pair, pair.length)));
    }
}
