package io.quorumfence.agent.effect.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who holds a busy watchdog, read from a /proc of the test's own. */
class WatchdogHolderTest {
    private static final String BUSY = "qf-keeper: watchdog /dev/watchdog: it is busy: another process holds it";

    @TempDir
    private Path proc;

    @Test
    void namesSystemdAndItsSetting() throws IOException {
        process("1", "systemd", "/dev/watchdog0");
        assertThat(WatchdogHolder.named(BUSY, proc))
                .isEqualTo(" (systemd, pid 1): set RuntimeWatchdogSec=0 in /etc/systemd/system.conf and reboot");
    }

    @Test
    void namesAnybodyElse() throws IOException {
        process("1", "systemd", "/dev/null");
        process("77", "wd_keepalive", "/dev/watchdog");
        assertThat(WatchdogHolder.named(BUSY, proc)).isEqualTo(" (wd_keepalive, pid 77)");
    }

    @Test
    void saysNothingWhereNobodyIsFoundOrTheDeviceWasNotBusy() throws IOException {
        assertThat(WatchdogHolder.named(BUSY, proc)).isEmpty();
        process("1", "systemd", "/dev/watchdog");
        assertThat(WatchdogHolder.named("it is not a watchdog device", proc)).isEmpty();
    }

    private void process(String pid, String name, String open) throws IOException {
        Path descriptors = Files.createDirectories(proc.resolve(pid).resolve("fd"));
        Files.createSymbolicLink(descriptors.resolve("3"), Path.of(open));
        Files.writeString(proc.resolve(pid).resolve("comm"), name + "\n");
    }
}
