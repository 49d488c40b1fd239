package io.quorumfence.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayoutTest {

    @Test
    void entriesTileTheStorageWithoutGapOrOverlap() {
        for (Layout layout : List.of(new Layout(1, 8192), new Layout(3, 12_288), Layout.standard())) {
            List<Layout.Range> ranges = new ArrayList<>();
            ranges.add(Layout.header());
            for (int host = 0; host < layout.capacity(); host++) {
                ranges.add(layout.beat(host));
                ranges.add(layout.ballot(host));
                for (int claimer = 0; claimer < layout.capacity(); claimer++) {
                    ranges.add(layout.mail(host, claimer));
                }
            }
            ranges.sort(Comparator.comparingLong(Layout.Range::offset));
            long end = 0;
            for (Layout.Range range : ranges) {
                assertThat(range.offset()).isEqualTo(end);
                assertThat(range.offset() % Layout.BLOCK).isZero();
                end = range.end();
            }
            assertThat(layout.size()).isEqualTo(end);
        }
    }

    @Test
    void beatsAndMailboxRowsAreOneRangeEach() {
        Layout layout = Layout.standard();
        assertThat(layout.beats(3)).isEqualTo(new Layout.Range(Layout.PAIR, 3 * Layout.PAIR));
        assertThat(layout.ballots(16).offset()).isEqualTo(layout.ballot(0).offset());
        assertThat(layout.ballots(16).end()).isEqualTo(layout.size());
        assertThat(layout.mailRow(2, 3).offset()).isEqualTo(layout.mail(2, 0).offset());
        assertThat(layout.mailRow(2, 3).end()).isEqualTo(layout.mail(2, 2).end());
    }

    @Test
    void theStandardStorageTakesThreeMebibytes() {
        assertThat(Layout.standard().size()).isEqualTo(3_284_992);
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> new Layout(0, 32_768)).hasMessageContaining("capacity 0 is out of range: 1 to 256");
        assertThatThrownBy(() -> new Layout(16, 32_769)).hasMessageContaining("multiple of 4096");
        assertThatThrownBy(() -> Layout.standard().beat(16)).hasMessageContaining("made for 16 hosts");
    }
}
