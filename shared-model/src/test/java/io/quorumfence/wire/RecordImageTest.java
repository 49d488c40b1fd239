package io.quorumfence.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.StorageId;
import io.quorumfence.record.CellRecord;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RecordImageTest {
    private static final UUID BOOT = new UUID(1, 2);
    private final CellRecord record = CellRecord.first(
            new CellId("cell"), List.of(new HostId("a"), new HostId("b")), List.of(new StorageId("s")));

    @Test
    void readsBackWhatItWrote() {
        assertThat(RecordImage.read(RecordImage.write(record, BOOT), BOOT)).contains(record);
    }

    @Test
    void refusesAnotherBootAndDamage() {
        String text = RecordImage.write(record, BOOT);
        assertThat(RecordImage.read(text, new UUID(1, 3))).isEmpty();
        for (int i = 0; i < text.length() - 2; i++) {
            char other = text.charAt(i) == 'A' ? 'B' : 'A';
            String damaged = text.substring(0, i) + other + text.substring(i + 1);
            assertThat(RecordImage.read(damaged, BOOT)).as("character %d", i).isEmpty();
        }
        assertThat(RecordImage.read(text.substring(0, 20), BOOT)).isEmpty();
        assertThat(RecordImage.read("", BOOT)).isEmpty();
    }
}
