package io.quorumfence.agent.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the keeper asks of a watchdog device, shown on a FAKE one (src/main/native/test/fakewatchdog.c): a preloaded
 * library answers the ioctls, and what the keeper writes goes to a FIFO. It says nothing about what a device does.
 */
@Timeout(60)
class KeeperDeviceTest {

    private static final int SETTIMEOUT = 0x80;
    private static final int MAGICCLOSE = 0x100;
    private static final int ALARMONLY = 0x400;
    private static final int GOOD = SETTIMEOUT | MAGICCLOSE;

    @RegisterExtension
    final Litter litter = new Litter();

    @TempDir
    private Path programs;

    private final Map<String, String> fake = new HashMap<>();
    private Path dir;
    private Path library;
    private FifoWatchdog watchdog;

    @BeforeEach
    void prepare() throws Exception {
        dir = litter.memoryDir();
        library = NativePrograms.compile("fakewatchdog.c", programs.resolve("fake.so"), "-shared", "-fPIC");
        watchdog = FifoWatchdog.read(litter, FifoWatchdog.make(litter, dir.resolve("fake-watchdog")));
    }

    @Test
    void publishesTheTimeoutThatTheDeviceReallyHas() throws Exception {
        Process keeper = start(GOOD, 60, "2000");
        assertThat(keeper.inputReader().readLine()).startsWith("running pid ");
        KeeperPage page = new KeeperPage(dir.resolve("keeper"));
        page.awaitFeeds(2);
        assertThat(page.get(KeeperPage.TIMEOUT)).isEqualTo(60_000);
        assertThat(page.get(KeeperPage.KIND)).isEqualTo(1);
        assertThat(page.get(KeeperPage.FLAGS)).isEqualTo(KeeperPage.OPEN | KeeperPage.DISARM);
    }

    @Test
    void asksForNoMoreThanItWasTold() throws Exception {
        Process keeper = start(GOOD, 0, "2999");
        assertThat(keeper.inputReader().readLine()).startsWith("running pid ");
        assertThat(new KeeperPage(dir.resolve("keeper")).get(KeeperPage.TIMEOUT))
                .isEqualTo(2000);
    }

    @Test
    void disarmsInOrderOnRequest() throws Exception {
        Process keeper = start(GOOD, 0, "1000");
        assertThat(keeper.inputReader().readLine()).startsWith("running pid ");
        new KeeperPage(dir.resolve("keeper")).set(KeeperPage.STOP, 1);
        assertThat(keeper.waitFor()).isZero();
        Litter.await("the last byte disarms", () -> watchdog.last() == 'V');
    }

    @Test
    void doesNotOpenTheDeviceAgainWhenAResetIsOwed() throws Exception {
        Process first = start(GOOD, 0, "1000");
        assertThat(first.inputReader().readLine()).startsWith("running pid ");
        KeeperPage page = new KeeperPage(dir.resolve("keeper"));
        page.awaitFeeds(1);
        page.arm(7, page.now() + 300_000_000);
        first.destroyForcibly().waitFor();
        Litter.awaitElapsed(Duration.ofMillis(600));
        int bytes = watchdog.bytes();

        assertOwed(start(GOOD, 0, "1000"));
        assertThat(page.get(KeeperPage.LATCHED)).isEqualTo(7);
        page.set(KeeperPage.EXPIRY, KeeperPage.NO_EXPIRY);
        assertOwed(start(GOOD, 0, "1000"));
        assertThat(watchdog.bytes()).isEqualTo(bytes);

        page.arm(8, KeeperPage.NO_EXPIRY);
        Process next = start(GOOD, 0, "1000");
        assertThat(next.inputReader().readLine()).startsWith("running pid ");
    }

    private static void assertOwed(Process keeper) throws Exception {
        Litter.Result result = Litter.end(keeper);
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.err()).endsWith("qf-keeper: a reset is owed: the watchdog is not opened again\n");
    }

    @Test
    void refusesADeviceThatDisarmsWhenItsOwnerDies() throws Exception {
        assertRefused(start(SETTIMEOUT, 0, "2000"), "this watchdog disarms when its owner dies (no magic close)");
    }

    @Test
    void refusesADeviceThatResetsNothing() throws Exception {
        assertRefused(start(GOOD | ALARMONLY, 0, "2000"), "this watchdog raises an alarm and resets nothing");
    }

    @Test
    void refusesADeviceThatDoesNotTellItsTimeout() throws Exception {
        assertRefused(start(GOOD, -1, "2000"), "the watchdog does not tell its timeout");
    }

    @Test
    void tellsWhatTheDeviceIsAndWhetherItResetThisHost() throws Exception {
        fake.put("FAKE_IDENTITY", "iTCO_wdt");
        fake.put("FAKE_BOOT", "32"); // WDIOF_CARDRESET
        Process keeper = start(GOOD, 60, "2000");
        assertThat(keeper.inputReader().readLine()).startsWith("running pid ");
        KeeperPage page = new KeeperPage(dir.resolve("keeper"));
        assertThat(page.identity()).isEqualTo("iTCO_wdt");
        assertThat(page.get(KeeperPage.BOOT_STATUS)).isEqualTo(2);
        assertThat(page.get(KeeperPage.ASKED)).isEqualTo(2000);
        String said;
        do {
            said = keeper.errorReader().readLine();
        } while (said != null && !said.contains("asked for 2000 ms, it does 60000 ms"));
        assertThat(said).isNotNull();
    }

    @Test
    void aDriverThatDoesNotKnowLeavesTheLastResetUnknown() throws Exception {
        Process keeper = start(GOOD, 0, "2000");
        assertThat(keeper.inputReader().readLine()).startsWith("running pid ");
        assertThat(new KeeperPage(dir.resolve("keeper")).get(KeeperPage.BOOT_STATUS))
                .isZero();
    }

    @Test
    void refusesSoftdogThatNobodyAccepted() throws Exception {
        fake.put("FAKE_IDENTITY", "Software Watchdog");
        assertRefused(
                start(GOOD, 0, "2000"),
                "it is softdog, which a locked-up CPU can stop; only watchdog.accept: softdog lets it count");
    }

    @Test
    void takesSoftdogThatWasAccepted() throws Exception {
        fake.put("FAKE_IDENTITY", "Software Watchdog");
        Process keeper = start(GOOD, 0, "2000", "--accept-softdog");
        assertThat(keeper.inputReader().readLine()).startsWith("running pid ");
    }

    @Test
    void saysThatAnotherProcessHoldsTheDevice() throws Exception {
        fake.put("FAKE_BUSY", "1");
        Litter.Result result = Litter.end(start(GOOD, 0, "2000"));
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.err()).endsWith(": it is busy: another process holds it\n");
    }

    @Test
    void aDriverWithoutAWayOutIsNeverStopped() throws Exception {
        fake.put(
                "FAKE_NOWAYOUT",
                Files.writeString(programs.resolve("nowayout"), "1\n").toString());
        Process keeper = start(GOOD, 0, "1000");
        assertThat(keeper.inputReader().readLine()).startsWith("running pid ");
        KeeperPage page = new KeeperPage(dir.resolve("keeper"));
        assertThat(page.get(KeeperPage.FLAGS)).isEqualTo(KeeperPage.OPEN | KeeperPage.NOWAYOUT);
        page.set(KeeperPage.STOP, 1);
        page.awaitFeeds(4);
        assertThat(keeper.isAlive()).isTrue();
        assertThat(watchdog.last()).isEqualTo('.');
    }

    @Test
    void refusesACharacterDeviceThatIsNoWatchdog() throws Exception {
        Litter.Result result = litter.run(
                NativePrograms.path("qf-keeper"),
                "--shm",
                dir + "/keeper",
                "--kind",
                "device",
                "--watchdog",
                "/dev/null",
                "--timeout-ms",
                "2000");
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.err()).endsWith("qf-keeper: watchdog /dev/null: it is not a watchdog device\n");
    }

    @Test
    void refusesASharedPageThatMayWaitForADisk() throws Exception {
        Litter.Result result = litter.run(
                NativePrograms.path("qf-keeper"),
                "--shm",
                programs + "/keeper",
                "--kind",
                "device",
                "--watchdog",
                "/dev/null",
                "--timeout-ms",
                "2000");
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.err()).contains("is not on a tmpfs").hasLineCount(1);
    }

    private Process start(int options, int timeout, String asked, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                NativePrograms.path("qf-keeper"),
                "--shm",
                dir + "/keeper",
                "--kind",
                "device",
                "--watchdog",
                watchdog.path().toString(),
                "--timeout-ms",
                asked));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(fake);
        builder.environment().put("LD_PRELOAD", library.toString());
        builder.environment().put("FAKE_WATCHDOG", watchdog.path().toString());
        builder.environment().put("FAKE_OPTIONS", Integer.toString(options));
        builder.environment().put("FAKE_TIMEOUT", Integer.toString(timeout));
        return litter.start(builder);
    }

    private void assertRefused(Process keeper, String why) throws Exception {
        Litter.Result result = Litter.end(keeper);
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.err()).endsWith(": " + why + "\n");
        Litter.await("opening armed it, so it is disarmed", () -> watchdog.last() == 'V');
        assertThat(watchdog.bytes()).isEqualTo(1);
    }
}
