package io.quorumfence.agent.probe.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuietLogTest {
    private final QuietLog log = new QuietLog();

    @Test
    void oneLineASpanForEachSubjectAndTheNextTellsHowManyWereKept() {
        assertThat(log.mayWrite("a", 0)).hasValue(0);
        assertThat(log.mayWrite("a", 1)).isEmpty();
        assertThat(log.mayWrite("b", 1)).hasValue(0);
        assertThat(log.mayWrite("a", QuietLog.SPAN_NS - 1)).isEmpty();
        assertThat(log.mayWrite("a", QuietLog.SPAN_NS)).hasValue(2);
    }

    @Test
    void aFloodOfSubjectsSharesOneLine() {
        for (int i = 0; i < QuietLog.SUBJECTS_MAX; i++) {
            assertThat(log.mayWrite("source " + i, 0)).isPresent();
        }
        assertThat(log.mayWrite("one more", 0)).isPresent();
        assertThat(log.mayWrite("yet one more", 0)).isEmpty();
    }

    @Test
    void oldSubjectsMakeRoom() {
        for (int i = 0; i < QuietLog.SUBJECTS_MAX; i++) {
            log.mayWrite("source " + i, 0);
        }
        log.mayWrite("first newcomer", QuietLog.SPAN_NS);
        assertThat(log.mayWrite("second newcomer", QuietLog.SPAN_NS)).isPresent();
    }
}
