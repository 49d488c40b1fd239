package io.quorumfence.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
