package io.quorumfence.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.Beat;
import io.quorumfence.model.HostId;
import io.quorumfence.model.MailEntry;
import io.quorumfence.model.Slot;
import io.quorumfence.record.BallotBlock;
import java.nio.ByteBuffer;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class StorageBlockProperties {
    private final StorageBlocks blocks = Samples.blocks();

    @Property(tries = 200)
    void aBeatComesBackAsItWasWritten(
            @ForAll long seed, @ForAll @IntRange(max = 3) int host, @ForAll @IntRange(max = 200) int vms) {
        Beat beat = new Samples(seed).beat(Samples.host(host), vms);
        assertThat(readBack(host, beat).slot()).isEqualTo(Slot.of(beat));
    }

    @Property(tries = 200)
    void mailComesBackAsItWasWritten(@ForAll long seed) {
        HostId suspect = Samples.host(1);
        HostId claimer = Samples.host(3);
        MailEntry mail = new Samples(seed).mail(suspect, claimer);
        ByteBuffer pair = pair(
                blocks.sealMail(1, 3, 0, 9, mail).bytes(),
                blocks.sealEmptyMail(1, 3, 1).bytes());
        assertThat(blocks.openMail(1, 3, suspect, claimer, pair).slot()).isEqualTo(Slot.of(mail));
    }

    @Property(tries = 200)
    void aBallotComesBackAsItWasWritten(@ForAll long seed) {
        Samples samples = new Samples(seed);
        BallotBlock block = samples.ballot(samples.record(1 + samples.below(6), samples.below(4), samples.below(12)));
        ByteBuffer pair = pair(
                blocks.sealBallot(2, 0, 5, block).bytes(),
                blocks.sealBallot(2, 1, 5, block).bytes());
        assertThat(blocks.openBallot(2, pair).slot()).isEqualTo(Slot.of(block));
    }

    /** The promise of the format: no bit of a block, padding included, can change unnoticed. */
    @Property(tries = 2000)
    void everyFlippedBitIsNoticed(@ForAll long seed, @ForAll @IntRange(max = 4096 * 8 - 1) int bit) {
        Beat beat = new Samples(seed).beat(Samples.host(0), 3);
        byte[] block = blocks.sealBeat(0, 0, 5, beat).bytes();
        block[bit / 8] ^= (byte) (1 << (bit % 8));
        Entry<Beat> entry = blocks.openBeat(0, Samples.host(0), pair(block, new byte[Layout.BLOCK]));
        assertThat(entry.slot()).isEqualTo(Slot.unreadable());
        assertThat(entry.detail()).isNotEmpty();
    }

    @Property(tries = 1000)
    void everyFlippedBitOfMailIsNoticed(@ForAll long seed, @ForAll @IntRange(max = 4096 * 8 - 1) int bit) {
        HostId suspect = Samples.host(1);
        HostId claimer = Samples.host(3);
        byte[] block = blocks.sealMail(1, 3, 1, 9, new Samples(seed).mail(suspect, claimer))
                .bytes();
        flip(block, bit);
        assertThat(blocks.openMail(1, 3, suspect, claimer, pair(new byte[Layout.BLOCK], block))
                        .slot())
                .isEqualTo(Slot.unreadable());
    }

    @Property(tries = 1000)
    void everyFlippedBitOfABallotIsNoticed(@ForAll long seed, @ForAll @IntRange(max = Integer.MAX_VALUE) int drawn) {
        Samples samples = new Samples(seed);
        BallotBlock ballot = samples.ballot(samples.record(1 + samples.below(6), samples.below(4), samples.below(12)));
        byte[] block = blocks.sealBallot(2, 0, 5, ballot).bytes();
        flip(block, drawn % (block.length * 8));
        Slot<BallotBlock> slot =
                blocks.openBallot(2, pair(block, new byte[block.length])).slot();
        assertThat(slot).isEqualTo(Slot.unreadable());
    }

    /** All of them, for a header is small and one for all. */
    @Example
    void everyFlippedBitOfAHeaderIsNoticed() {
        HeaderCodec codec = new HeaderCodec(Samples.KEY);
        byte[] sealed = codec.seal(Samples.header()).get(0).bytes();
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] block = sealed.clone();
            flip(block, bit);
            assertThat(codec.open(pair(block, new byte[Layout.BLOCK])))
                    .as("bit " + bit)
                    .isNotInstanceOf(HeaderRead.Found.class);
        }
    }

    private static void flip(byte[] block, int bit) {
        block[bit / 8] ^= (byte) (1 << (bit % 8));
    }

    @Property(tries = 500)
    void everyTornPrefixIsNoticedAndLeavesItsSibling(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 7) int sectors) {
        Samples samples = new Samples(seed);
        Beat older = samples.beat(Samples.host(0), 150);
        byte[] overwritten =
                blocks.sealBeat(0, 1, 4, samples.beat(Samples.host(0), 200)).bytes();
        byte[] newer =
                blocks.sealBeat(0, 1, 6, samples.beat(Samples.host(0), 200)).bytes();
        System.arraycopy(newer, 0, overwritten, 0, sectors * 512);
        ByteBuffer pair = pair(blocks.sealBeat(0, 0, 5, older).bytes(), overwritten);
        // A tear in the padding changes nothing that was not equal before.
        boolean whole = java.util.Arrays.equals(newer, overwritten);
        Slot<Beat> slot = blocks.openBeat(0, Samples.host(0), pair).slot();
        assertThat(slot.equals(Slot.of(older))).isNotEqualTo(whole);
    }

    @Property(tries = 300)
    void aBlockCopiedToAnyOtherPlaceIsUnknown(
            @ForAll long seed, @ForAll @IntRange(max = 7) int from, @ForAll @IntRange(max = 7) int to) {
        Beat beat = new Samples(seed).beat(Samples.host(to / 2), 1);
        byte[] block = blocks.sealBeat(from / 2, from % 2, 5, beat).bytes();
        byte[] blank = new byte[Layout.BLOCK];
        ByteBuffer pair = to % 2 == 0 ? pair(block, blank) : pair(blank, block);
        Entry<Beat> entry = blocks.openBeat(to / 2, Samples.host(to / 2), pair);
        assertThat(entry.slot().unknown()).isEqualTo(from != to);
    }

    private Entry<Beat> readBack(int host, Beat beat) {
        ByteBuffer pair = pair(
                blocks.sealEmptyBeat(host, 0).bytes(),
                blocks.sealBeat(host, 1, 3, beat).bytes());
        return blocks.openBeat(host, Samples.host(host), pair);
    }

    static ByteBuffer pair(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .flip();
    }
}
