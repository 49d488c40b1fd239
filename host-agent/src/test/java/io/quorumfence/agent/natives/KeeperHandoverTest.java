package io.quorumfence.agent.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A newer keeper takes over: the upgrade of the keeper resets nobody, and what goes wrong with it changes nothing. */
@Timeout(60)
class KeeperHandoverTest {
    private static final long FAR = Duration.ofHours(1).toNanos();

    @RegisterExtension
    final Litter litter = new Litter();

    private Path dir;
    private KeeperRun run;
    private FifoWatchdog watchdog;

    @BeforeEach
    void aKeeperFeeds() throws Exception {
        dir = litter.memoryDir();
        run = new KeeperRun(litter, dir);
        watchdog = FifoWatchdog.read(litter, FifoWatchdog.make(litter, dir.resolve("fifo")));
    }

    @Test
    void theSuccessorFeedsOnAndTheOldOneEndsWithoutADisarm() throws Exception {
        Process old = run.start("fifo");
        KeeperPage page = run.page();
        page.arm(7, page.now() + FAR);
        page.awaitFeeds(3);
        Process successor = takeOver();
        assertThat(successor.inputReader().readLine()).isEqualTo("running pid " + successor.pid());
        assertThat(old.waitFor()).isZero();
        page.awaitFeeds(5);
        assertThat(page.get(KeeperPage.PID)).isEqualTo(successor.pid());
        assertThat(page.get(KeeperPage.HANDOVERS)).isEqualTo(1);
        assertThat(page.get(KeeperPage.FLAGS) & KeeperPage.OPEN).isEqualTo(KeeperPage.OPEN);
        assertThat(page.get(KeeperPage.LATCHED)).isZero();
        assertThat(watchdog.last()).as("no byte of it was a farewell").isEqualTo('.');
        // The watchdog's own timeout is 200 ms here: no gap came near it.
        assertThat(Duration.ofNanos(page.get(KeeperPage.WORST_GAP))).isLessThan(Duration.ofMillis(200));
    }

    @Test
    void itCanBeTakenOverAgainAndIsStillStartedOnlyOnce() throws Exception {
        Process first = run.start("fifo");
        Process second = takeOver();
        assertThat(second.inputReader().readLine()).startsWith("running");
        assertThat(first.waitFor()).isZero();
        Process third = takeOver();
        assertThat(third.inputReader().readLine()).startsWith("running");
        assertThat(second.waitFor()).isZero();
        Litter.Result again = litter.run(run.command("fifo").toArray(String[]::new));
        assertThat(again.out()).isEqualTo("already running pid " + third.pid() + "\n");
    }

    @Test
    void asADaemonItLeavesItsStarter() throws Exception {
        Process old = run.start("fifo");
        List<String> command = new ArrayList<>(run.command("fifo", "--take-over", "--daemon"));
        Litter.Result started = litter.run(command.toArray(String[]::new));
        assertThat(started.code()).isZero();
        long pid = Long.parseLong(started.out().strip().substring("running pid ".length()));
        run.killLater(pid);
        assertThat(old.waitFor()).isZero();
        run.page().awaitFeeds(3);
    }

    @Test
    void aShutdownOfTheHostSparesIt() throws Exception {
        Process keeper = run.start("fifo");
        run.page().awaitFeeds(1);
        assertThat(Files.readString(Path.of("/proc/" + keeper.pid() + "/cmdline")))
                .as("what systemd-shutdown looks at")
                .startsWith("@");
        Process successor = takeOver();
        assertThat(successor.inputReader().readLine()).startsWith("running");
        assertThat(Files.readString(Path.of("/proc/" + successor.pid() + "/cmdline")))
                .startsWith("@");
    }

    @Test
    void aLatchIsInherited() throws Exception {
        Process old = run.start("fifo");
        KeeperPage page = run.page();
        page.arm(7, page.now());
        Litter.await("it latches", () -> page.get(KeeperPage.LATCHED) == 7);
        Process successor = takeOver();
        assertThat(successor.inputReader().readLine()).startsWith("running");
        assertThat(old.waitFor()).isZero();
        int bytes = watchdog.bytes();
        page.set(KeeperPage.EXPIRY, page.now() + FAR);
        page.awaitTicks(6);
        assertThat(watchdog.bytes()).as("what had latched is fed by nobody").isEqualTo(bytes);
    }

    @Test
    void theOldOneGoesOnWhenItsSuccessorCannotBe() throws Exception {
        Process old = run.start("fifo");
        Litter.Result other = litter.run(run.command("none", "--take-over").toArray(String[]::new));
        assertThat(other.code()).isEqualTo(69);
        assertThat(other.err()).contains("guards with another kind of watchdog").hasLineCount(1);
        run.page().awaitFeeds(5);
        assertThat(old.isAlive()).isTrue();
        Process successor = takeOver();
        assertThat(successor.inputReader().readLine()).startsWith("running");
        assertThat(old.waitFor()).isZero();
    }

    @Test
    void withoutAKeeperThereIsNothingToTakeOver() throws Exception {
        Litter.Result result = litter.run(run.command("fifo", "--take-over").toArray(String[]::new));
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.err())
                .contains("none runs, or it is too old to hand over")
                .hasLineCount(1);
    }

    @Test
    void theDoorIsItsOwnersAloneAndGoesWithAnOrderlyStop() throws Exception {
        Process keeper = run.start("fifo");
        Path door = dir.resolve("keeper.door");
        assertThat(Files.getPosixFilePermissions(door))
                .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        run.page().set(KeeperPage.STOP, 1);
        assertThat(keeper.waitFor()).isZero();
        assertThat(door).doesNotExist();
    }

    @Test
    void killedTheSuccessorLeavesTheWatchdogWithoutADisarm() throws Exception {
        Process old = run.start("fifo");
        Process successor = takeOver();
        assertThat(successor.inputReader().readLine()).startsWith("running");
        assertThat(old.waitFor()).isZero();
        successor.destroyForcibly().waitFor();
        assertThat(watchdog.last()).isEqualTo('.');
    }

    private Process takeOver() throws Exception {
        return litter.start(new ProcessBuilder(run.command("fifo", "--take-over")));
    }
}
