package io.quorumfence.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.Terms;
import io.quorumfence.model.WatchdogKind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.junit.jupiter.api.Test;

class TakeoverTimeTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void followsThePublishedFormula() {
        // (6 + 1 + 2 * 2) * 1.001 / 0.999 + 3, rounded up
        assertThat(TakeoverTime.ns(terms(6 * SECOND, SECOND, 2 * SECOND, 3 * SECOND), 1000))
                .isEqualTo(14_022_022_023L);
    }

    @Test
    void neverRoundsDown() {
        for (long self = 1; self < 3000; self += 7) {
            for (int rho : new int[] {0, 1, 999, 1000, 83_333, 500_000}) {
                long ns = TakeoverTime.ns(terms(self, 3, 5, 11), rho);
                BigDecimal exact = BigDecimal.valueOf(self + 3 + 10)
                        .multiply(BigDecimal.valueOf(1_000_000 + rho))
                        .divide(BigDecimal.valueOf(1_000_000 - rho), 20, RoundingMode.CEILING)
                        .add(BigDecimal.valueOf(11));
                assertThat(BigDecimal.valueOf(ns)).isGreaterThanOrEqualTo(exact.setScale(0, RoundingMode.DOWN));
                assertThat(BigDecimal.valueOf(ns).subtract(exact)).isBetween(BigDecimal.ZERO, BigDecimal.ONE);
            }
        }
    }

    @Test
    void aSpanThatDoesNotFitIsNever() {
        assertThat(TakeoverTime.ns(terms(Long.MAX_VALUE, 1, 1, 1), 1000)).isEqualTo(TakeoverTime.NEVER);
        assertThat(TakeoverTime.ns(terms(1, 1, Long.MAX_VALUE, 1), 0)).isEqualTo(TakeoverTime.NEVER);
        assertThat(TakeoverTime.NEVER + System.nanoTime()).isPositive();
    }

    @Test
    void refusesARateErrorThatIsNone() {
        assertThatThrownBy(() -> TakeoverTime.ns(terms(1, 1, 1, 1), 1_000_000))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TakeoverTime.ns(terms(1, 1, 1, 1), -1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Terms terms(long self, long act, long watchdog, long margin) {
        return new Terms(SelfFenceAction.STOP_VMS, self, act, watchdog, WatchdogKind.DEVICE, true, 2 * SECOND, margin);
    }
}
