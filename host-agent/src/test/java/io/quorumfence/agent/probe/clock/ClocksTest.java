package io.quorumfence.agent.probe.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClocksTest {

    @Test
    void rawClockNeverGoesBackAndMoves() {
        RawClock clock = new RawClock();
        long first = clock.nowNs();
        long last = first;
        while (last - first < Duration.ofMillis(2).toNanos()) {
            long now = clock.nowNs();
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
    }

    @Test
    void rawClockReadsTheKernelsClockAndNotTheJvms() {
        long raw = new RawClock().nowNs();
        long boot = KernelClocks.readNs(KernelClocks.BOOTTIME);
        // Both count from the boot: RAW without suspended time and without NTP's slewing (at most 0.05 % of it).
        assertThat(raw).isPositive().isLessThanOrEqualTo(boot + boot / 500);
    }

    @Test
    void bootIdIsTheKernels() throws IOException {
        String kernels =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        assertThat(new KernelBoot().bootId()).isEqualTo(UUID.fromString(kernels));
    }

    @Test
    void refusesABootIdThatIsNoUuidByName(@TempDir Path proc) throws IOException {
        Path file = Files.createDirectories(proc.resolve("sys/kernel/random")).resolve("boot_id");
        Files.writeString(file, "nonsense\n");
        assertThatThrownBy(new KernelBoot(proc)::bootId)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("boot_id holds 'nonsense'");
    }

    @Test
    void ageCountsFromTheStartOfPidOne(@TempDir Path proc) throws IOException {
        long nowTicks = KernelClocks.readNs(KernelClocks.BOOTTIME) / (1_000_000_000L / KernelClocks.ticksPerSecond());
        long tenSecondsAgo = Math.max(0, nowTicks - 10 * KernelClocks.ticksPerSecond());
        Files.createDirectories(proc.resolve("1"));
        Files.writeString(
                proc.resolve("1/stat"), "1 (a (b) c) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " + tenSecondsAgo);
        assertThat(new KernelBoot(proc).age()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(15));
    }

    @Test
    void realAgeIsReadable() throws IOException {
        assertThat(new KernelBoot().age()).isPositive();
    }

    @Test
    void refusesAStatLineThatIsCutShort() {
        assertThatThrownBy(() -> KernelBoot.startTicks("1 (init) S 0 1"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cut short");
    }
}
