package io.quorumfence.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.Ack;
import io.quorumfence.model.AckRequest;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.Terms;
import io.quorumfence.model.WatchdogKind;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class DatagramProperties {
    private final DatagramCodec codec = new DatagramCodec(Samples.KEY, Samples.CELL);

    @Property(tries = 300)
    void aRequestComesBackAsItWasSent(@ForAll long seed) {
        AckRequest request = new Samples(seed).request();
        assertThat(codec.decode(codec.encode(request))).isEqualTo(new DatagramCodec.Request(request));
    }

    @Property(tries = 300)
    void anAnswerComesBackAsItWasSent(@ForAll long seed) {
        Ack ack = new Samples(seed).ack();
        assertThat(codec.decode(codec.encode(ack))).isEqualTo(new DatagramCodec.Answer(ack));
    }

    @Property(tries = 60)
    void everyFlippedBitAndEveryCutIsRefused(@ForAll long seed) {
        refusesDamage(codec.encode(new Samples(seed).ack()));
        refusesDamage(codec.encode(new Samples(seed).request()));
    }

    private void refusesDamage(byte[] sent) {
        for (int bit = 0; bit < sent.length * 8; bit++) {
            byte[] damaged = sent.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(codec.decode(damaged)).isInstanceOf(DatagramCodec.Refused.class);
        }
        for (int length = 0; length < sent.length; length++) {
            assertThat(codec.decode(java.util.Arrays.copyOf(sent, length))).isInstanceOf(DatagramCodec.Refused.class);
        }
    }

    @Property(tries = 500)
    void anythingFromTheNetworkIsRefusedAndNeverThrows(@ForAll byte[] noise) {
        assertThat(codec.decode(noise)).isInstanceOf(DatagramCodec.Refused.class);
    }

    @Example
    void anotherCellKeyOrFormatIsNamed() {
        byte[] sent = codec.encode(new Samples(1).ack());
        assertThat(new DatagramCodec(Samples.KEY, new CellId("x")).decode(sent))
                .isEqualTo(new DatagramCodec.Refused(DatagramCodec.Cause.CELL, "belongs to another cell"));
        assertThat(new DatagramCodec(MacKeys.ofHex("cd".repeat(32)), Samples.CELL).decode(sent))
                .isEqualTo(new DatagramCodec.Refused(DatagramCodec.Cause.KEY, "written with another MAC key"));
        sent[4] = 2;
        assertThat(codec.decode(sent))
                .isEqualTo(new DatagramCodec.Refused(DatagramCodec.Cause.VERSION, "speaks format 2, this agent 1"));
    }

    @Example
    void theLongestDatagramStaysBelowItsLimit() {
        long huge = Long.MAX_VALUE;
        Terms terms = new Terms(SelfFenceAction.NONE, huge, huge, huge, WatchdogKind.DEVICE, true, huge, huge);
        AckRequest like = new Samples(1).request();
        HostId name = new HostId("h".repeat(63));
        AckRequest longest = new AckRequest(
                name, name, like.incarnation(), like.phase(), huge, -1, huge, Integer.MAX_VALUE, huge, terms);
        assertThat(codec.encode(longest).length).isLessThan(DatagramCodec.MAX_BYTES);
    }
}
