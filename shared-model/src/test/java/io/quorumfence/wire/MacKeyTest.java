package io.quorumfence.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.model.CellId;
import java.util.List;
import org.junit.jupiter.api.Test;

class MacKeyTest {

    @Test
    void neitherTextNorErrorsShowTheKey() {
        String secret = "0123456789abcdef".repeat(4);
        assertThat(MacKey.ofHex(secret + "\n").toString()).doesNotContain(secret.substring(0, 8));
        assertThatThrownBy(() -> MacKey.ofHex(secret.substring(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining(secret.substring(1, 9));
        assertThatThrownBy(() -> MacKey.ofHex("g".repeat(64))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDatagramUnderAnAcceptedKeyIsOpenedAndUnderAnotherRefused() {
        MacKey old = MacKey.ofHex("5a".repeat(32));
        MacKey fresh = MacKey.ofHex("a5".repeat(32));
        byte[] sent = codec(MacKeys.of(old)).encode(new Samples(7).request());
        assertThat(codec(new MacKeys(fresh, List.of(old))).decode(sent)).isInstanceOf(DatagramCodec.Request.class);
        assertThat(codec(MacKeys.of(fresh)).decode(sent))
                .isEqualTo(new DatagramCodec.Refused(DatagramCodec.Cause.KEY, "written with another MAC key"));
    }

    @Test
    void noKeyIsNamedTwice() {
        MacKey key = MacKey.ofHex("5a".repeat(32));
        assertThatThrownBy(() -> new MacKeys(key, List.of(key)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("named twice");
    }

    private static DatagramCodec codec(MacKeys keys) {
        return new DatagramCodec(keys, new CellId("lab1"));
    }
}
