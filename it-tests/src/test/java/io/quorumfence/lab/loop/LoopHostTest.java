package io.quorumfence.lab.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.lab.cell.LiveCell;
import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real qf-loophost: what it starts lives no longer than it does, whatever ends it. */
@Timeout(60)
class LoopHostTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    /** A process, its child, and one that left session and parent as a daemon does. */
    private static final List<String> FAMILY =
            List.of("/bin/sh", "-c", "setsid sh -c 'sleep 600 & exec sleep 600' & sleep 600; true");

    private static final int FAMILY_SIZE = 4;

    @TempDir
    private Path directory;

    private LoopHost host;

    @BeforeEach
    void powerOn() throws IOException {
        Files.createDirectories(directory.resolve("log"));
        host = LoopHost.withWatchdog(Checkout.find(), "h1", directory, Duration.ofMillis(400));
    }

    @AfterEach
    void powerOff() {
        host.powerOff();
    }

    @Test
    void powerOffEndsAllOfItAtOnceAndSaysWhen() {
        List<ProcessHandle> family = family();
        long beforeNs = System.nanoTime();
        long atNs = host.powerOff();

        assertThat(atNs).isBetween(beforeNs, System.nanoTime());
        assertThat(family).noneMatch(ProcessHandle::isAlive);
        assertThat(host.isOn()).isFalse();
        assertThat(host.processes()).isEmpty();
    }

    @Test
    void aHostThatNobodyHoldsTheSwitchOfIsOff() throws IOException {
        List<ProcessHandle> family = family();
        ProcessHandle itself = ProcessHandle.of(host.pid()).orElseThrow();
        host.letGo();

        assertThat(soon(() -> !itself.isAlive())).isTrue();
        assertThat(family).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void theWatchdogFiresWhenItIsNoLongerFedAndNotBeforeItWasArmed() throws IOException {
        List<ProcessHandle> family = family();
        assertThat(LiveCell.reached(() -> !host.isOn(), Duration.ofSeconds(1))).isFalse();
        for (int feeds = 0; feeds < 10; feeds++) {
            feed("1");
            assertThat(LiveCell.reached(() -> !host.isOn(), Duration.ofMillis(100)))
                    .isFalse();
        }
        assertThat(soon(() -> !host.isOn())).isTrue();

        assertThat(family).noneMatch(ProcessHandle::isAlive);
        assertThat(Files.readAllLines(host.logs().resolve("watchdog.log")))
                .extracting(line -> line.substring(line.indexOf(' ') + 1))
                .containsExactly("watchdog armed", "watchdog fired", "watchdog reset done");
    }

    @Test
    void aDisarmedWatchdogDoesNotFire() throws IOException {
        feed("1");
        feed("V");
        assertThat(LiveCell.reached(() -> !host.isOn(), Duration.ofSeconds(1))).isFalse();
    }

    @Test
    void aHostThatIsOffStartsNothing() {
        host.powerOff();
        assertThatThrownBy(() -> host.run("a.log", List.of("/bin/true")))
                .isInstanceOf(LabException.class)
                .hasMessageStartingWith("h1");
    }

    private void feed(String bytes) throws IOException {
        Files.writeString(directory.resolve("watchdog"), bytes, StandardOpenOption.WRITE);
    }

    private List<ProcessHandle> family() {
        host.run("family.log", FAMILY);
        assertThat(soon(() -> host.processes().size() >= FAMILY_SIZE)).isTrue();
        return host.processes().stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .toList();
    }

    private static boolean soon(BooleanSupplier condition) {
        return LiveCell.reached(condition, SOON);
    }
}
