package io.quorumfence.wire;

import static io.quorumfence.wire.StorageBlockProperties.pair;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.model.Beat;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Slot;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.BallotBlock;
import io.quorumfence.record.CellRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StorageBlocksTest {
    private static final HostId H1 = Samples.host(0);

    private final Samples samples = new Samples(1);
    private final StorageBlocks blocks = Samples.blocks();
    private final byte[] blank = new byte[Layout.BLOCK];

    @Test
    void theHigherWriteSequenceSpeaksWhicheverCopyItLiesIn() {
        Beat older = samples.beat(H1, 1);
        Beat newer = samples.beat(H1, 2);
        assertThat(open(seal(0, 4, older), seal(1, 5, newer)).slot()).isEqualTo(Slot.of(newer));
        assertThat(open(seal(0, 6, newer), seal(1, 5, older)).slot()).isEqualTo(Slot.of(newer));
    }

    @Test
    void aFormattedBlockIsEmptyAndABlankOneIsUnknown() {
        byte[] empty = blocks.sealEmptyBeat(0, 0).bytes();
        assertThat(open(empty, blocks.sealEmptyBeat(0, 1).bytes()).slot()).isEqualTo(Slot.empty());
        assertThat(open(blank, blank).slot()).isEqualTo(Slot.unreadable());
        assertThat(open(blank, blank).detail()).isEqualTo("was never written");
    }

    @Test
    void twoContentsUnderOneSequenceAreUnknown() {
        Entry<Beat> entry = open(seal(0, 5, samples.beat(H1, 1)), seal(1, 5, samples.beat(H1, 2)));
        assertThat(entry.slot()).isEqualTo(Slot.unreadable());
        assertThat(entry.detail()).isEqualTo("two contents under write sequence 5");
    }

    @Test
    void oneContentInBothCopiesIsThatContent() {
        Beat beat = samples.beat(H1, 1);
        assertThat(open(seal(0, 5, beat), seal(1, 5, beat)).slot()).isEqualTo(Slot.of(beat));
    }

    @Test
    void anotherFormatIsNamedAndNeverHiddenBehindAnOlderSibling() {
        byte[] future = seal(1, 6, samples.beat(H1, 1));
        future[4] = 2;
        Entry<Beat> entry = open(seal(0, 5, samples.beat(H1, 1)), future);
        assertThat(entry.slot()).isEqualTo(Slot.unreadable());
        assertThat(entry.detail()).isEqualTo("speaks format 2, this agent 1");
    }

    @Test
    void aBlockOfAnotherStorageCellOrInitEpochIsUnknownAndSaysWhy() {
        StorageHeader ours = Samples.header();
        assertThat(detailOf(header(ours, "lab1", "s2", 7))).isEqualTo("belongs to another storage");
        assertThat(detailOf(header(ours, "lab2", "s1", 7))).isEqualTo("belongs to another cell");
        assertThat(detailOf(header(ours, "lab1", "s1", 8)))
                .isEqualTo("was written before the storage was initialised again");
    }

    private static StorageHeader header(StorageHeader like, String cell, String storage, long initEpoch) {
        return new StorageHeader(
                new CellId(cell), new StorageId(storage), initEpoch, like.layout(), like.created(), 5, true);
    }

    private String detailOf(StorageHeader other) {
        byte[] strange = new StorageBlocks(Samples.KEY, other)
                .sealBeat(0, 1, 5, samples.beat(H1, 1))
                .bytes();
        return open(blank, strange).detail();
    }

    @Test
    void aBlockUnderAnotherKeyIsUnknown() {
        StorageBlocks other = new StorageBlocks(MacKeys.ofHex("cd".repeat(32)), Samples.header());
        byte[] strange = other.sealBeat(0, 1, 5, samples.beat(H1, 1)).bytes();
        assertThat(open(blank, strange).detail()).contains("another MAC key");
    }

    @Test
    void aBeatOfAnotherMemberIsUnknown() {
        assertThat(open(blank, seal(1, 5, samples.beat(new HostId("x9"), 1))).detail())
                .isEqualTo("was written for another member list");
    }

    @Test
    void aLongVmListIsCutAndSaysSo() {
        Beat read =
                open(blank, seal(1, 5, samples.beat(H1, 201))).slot().value().orElseThrow();
        assertThat(read.vms().vms()).hasSize(200);
        assertThat(read.vms().complete()).isFalse();
    }

    @Test
    void theLongestBeatFitsItsBlock() {
        HostId longest = new HostId("h".repeat(63));
        Beat beat = samples.beat(longest, 200);
        ByteBuffer pair = pair(blocks.sealBeat(0, 0, Long.MAX_VALUE, beat).bytes(), blank);
        assertThat(blocks.openBeat(0, longest, pair).slot()).isEqualTo(Slot.of(beat));
    }

    @Test
    void aRecordAboveTheCeilingIsRefusedInOneLine() {
        BallotBlock block = BallotBlock.of(samples.record(4, 0, 200));
        assertThatThrownBy(() -> blocks.sealBallot(0, 0, 1, block))
                .isInstanceOf(CeilingException.class)
                .hasMessageMatching("cell record version \\d+ needs \\d+ bytes with its predecessor, a ballot block of"
                        + " storage s1 holds 8120: end permits, or initialise the cell with larger ballot blocks");
    }

    @Test
    void aBallotOfAnotherCellIsUnknown() {
        CellRecord strange = CellRecord.first(new CellId("other"), List.of(H1), List.of(Samples.S1));
        byte[] block = blocks.sealBallot(0, 0, 1, BallotBlock.of(strange)).bytes();
        assertThat(blocks.openBallot(0, pair(block, new byte[block.length])).slot())
                .isEqualTo(Slot.unreadable());
    }

    @Test
    void stampsTellWhichWriteLiesWhere() {
        Entry<Beat> entry = open(seal(0, 8, samples.beat(H1, 1)), blank);
        assertThat(entry.copies().get(1)).isEqualTo(Optional.empty());
        assertThat(entry.newest().map(Entry.Stamp::writeSequence)).contains(8L);
    }

    private byte[] seal(int copy, long writeSequence, Beat beat) {
        return blocks.sealBeat(0, copy, writeSequence, beat).bytes();
    }

    private Entry<Beat> open(byte[] first, byte[] second) {
        return blocks.openBeat(0, H1, pair(first, second));
    }
}
