package io.quorumfence.agent.natives;

import static io.quorumfence.agent.natives.KeeperPage.EXPIRY;
import static io.quorumfence.agent.natives.KeeperPage.FLAGS;
import static io.quorumfence.agent.natives.KeeperPage.INCARNATION;
import static io.quorumfence.agent.natives.KeeperPage.LATCHED;
import static io.quorumfence.agent.natives.KeeperPage.NO_EXPIRY;
import static io.quorumfence.agent.natives.KeeperPage.OPEN;
import static io.quorumfence.agent.natives.KeeperPage.PID;
import static io.quorumfence.agent.natives.KeeperPage.STOP;
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

/** How it starts, how it ends, and what does not end it. */
@Timeout(60)
class KeeperLifeTest {

    private static final long FAR = Duration.ofHours(1).toNanos();

    @RegisterExtension
    final Litter litter = new Litter();

    private Path dir;
    private KeeperRun run;

    @BeforeEach
    void makeRunDirectory() throws Exception {
        dir = litter.memoryDir();
        run = new KeeperRun(litter, dir);
        FifoWatchdog.make(litter, dir.resolve("fifo"));
    }

    @Test
    void survivesTheDeathOfItsStarter() throws Exception {
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        List<String> command = new ArrayList<>(List.of("bash", "-c", "\"$0\" \"$@\"; exec sleep 1000"));
        command.addAll(run.command("fifo", "--daemon"));
        Process starter = litter.start(new ProcessBuilder(command));
        String line = starter.inputReader().readLine();
        long pid = Long.parseLong(line.substring("running pid ".length()));
        run.killLater(pid);

        starter.destroyForcibly().waitFor();
        for (String ignored : List.of("TERM", "HUP", "INT", "QUIT", "PIPE", "USR1", "ALRM")) {
            Litter.signal(ignored, pid);
        }
        run.page().awaitFeeds(5);
        assertThat(run.page().get(PID)).isEqualTo(pid);
        assertThat(Litter.stat(pid, 4)).as("parent").isNotEqualTo(Long.toString(starter.pid()));
        assertThat(Litter.stat(pid, 6))
                .as("session")
                .isNotEqualTo(Litter.stat(ProcessHandle.current().pid(), 6));
        for (int fd = 0; fd <= 2; fd++) {
            assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + fd)))
                    .isEqualTo(Path.of("/dev/null"));
        }
    }

    @Test
    void isStartedOnlyOnce() throws Exception {
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        Process keeper = run.start("fifo");

        for (String mode : List.of("", "--daemon")) {
            List<String> command = mode.isEmpty() ? run.command("fifo") : run.command("fifo", mode);
            Litter.Result second = litter.run(command.toArray(String[]::new));
            assertThat(second.code()).isZero();
            assertThat(second.out()).isEqualTo("already running pid " + keeper.pid() + "\n");
        }
        assertThat(keeper.isAlive()).isTrue();
    }

    @Test
    void aDaemonThatCannotStartTellsItsStarter() throws Exception {
        String file = Files.createFile(dir.resolve("file")).toString();
        Litter.Result result = litter.run(
                NativePrograms.path("qf-keeper"),
                "--shm",
                dir + "/keeper",
                "--kind",
                "device",
                "--watchdog",
                file,
                "--timeout-ms",
                "2000",
                "--daemon");
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.err()).endsWith("qf-keeper: watchdog " + file + ": it is not a character device\n");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void stopsOnRequestWithADisarmAsItsLastByte() throws Exception {
        FifoWatchdog watchdog = FifoWatchdog.read(litter, dir.resolve("fifo"));
        Process keeper = run.start("fifo");
        KeeperPage page = run.page();

        page.set(STOP, 1);
        assertThat(keeper.waitFor()).isZero();
        assertThat(page.get(PID)).isZero();
        assertThat(page.get(FLAGS) & OPEN).isZero();
        Litter.await("the last byte disarms", () -> watchdog.last() == 'V');
    }

    @Test
    void doesNotStopWhileAnExpiryStands() throws Exception {
        FifoWatchdog watchdog = FifoWatchdog.read(litter, dir.resolve("fifo"));
        Process keeper = run.start("fifo");
        KeeperPage page = run.page();
        page.arm(7, page.now() + FAR);
        page.set(STOP, 1);
        page.awaitFeeds(5);
        assertThat(keeper.isAlive()).isTrue();
        assertThat(page.get(FLAGS) & OPEN).isEqualTo(OPEN);
        assertThat(watchdog.last()).isEqualTo('.');

        page.set(EXPIRY, NO_EXPIRY);
        assertThat(keeper.waitFor()).isZero();
        Litter.await("the last byte disarms", () -> watchdog.last() == 'V');
    }

    @Test
    void doesNotBuyOffALatchWithAStop() throws Exception {
        FifoWatchdog watchdog = FifoWatchdog.read(litter, dir.resolve("fifo"));
        Process keeper = run.start("fifo");
        KeeperPage page = run.page();
        page.arm(7, page.now());
        Litter.await("it latches", () -> page.get(LATCHED) == 7);
        page.set(EXPIRY, NO_EXPIRY);
        page.set(STOP, 1);
        page.awaitTicks(10);
        assertThat(keeper.isAlive()).isTrue();
        assertThat(watchdog.last()).isEqualTo('.');
    }

    @Test
    void aStopThatWasMeantForItsPredecessorIsForgotten() throws Exception {
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        Process first = run.start("fifo");
        KeeperPage page = run.page();
        page.arm(7, page.now() + FAR);
        page.set(STOP, 1);
        first.destroyForcibly().waitFor();
        page.set(EXPIRY, NO_EXPIRY);

        Process second = run.start("fifo");
        page.awaitFeeds(5);
        assertThat(second.isAlive()).isTrue();
    }

    @Test
    void killedItLeavesTheWatchdogWithoutADisarm() throws Exception {
        FifoWatchdog watchdog = FifoWatchdog.read(litter, dir.resolve("fifo"));
        Process keeper = run.start("fifo");
        run.page().awaitFeeds(3);
        keeper.destroyForcibly().waitFor();
        assertThat(watchdog.last()).isEqualTo('.');
    }

    @Test
    void touchesNoNewMemoryWhileItTicks() throws Exception {
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        Process keeper = run.start("fifo");
        KeeperPage page = run.page();
        page.arm(7, page.now() + FAR);
        page.awaitFeeds(5);
        String minor = Litter.stat(keeper.pid(), 10);
        String size = Litter.stat(keeper.pid(), 23);
        page.awaitFeeds(20);
        page.set(EXPIRY, page.now());
        Litter.await("it latches", () -> page.get(LATCHED) == 7);
        page.awaitTicks(3);
        assertThat(Litter.stat(keeper.pid(), 10)).as("minor page faults").isEqualTo(minor);
        assertThat(Litter.stat(keeper.pid(), 12)).as("major page faults").isEqualTo("0");
        assertThat(Litter.stat(keeper.pid(), 23)).as("size").isEqualTo(size);
    }

    @Test
    void locksItsMemory() throws Exception {
        Process keeper = run.start("none");
        assertThat(Files.readAllLines(Path.of("/proc/" + keeper.pid() + "/status")))
                .noneMatch(line -> line.matches("VmLck:\\s+0 kB"));
    }

    @Test
    void refusesAFileThatIsNoKeepers() throws Exception {
        Files.write(dir.resolve("keeper"), "this is somebody else's file".getBytes());
        Litter.Result result = litter.run(run.command("none").toArray(String[]::new));
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.err()).endsWith("the file is not a keeper's\n").hasLineCount(1);
    }

    @Test
    void refusesALayoutOfAnotherVersion() throws Exception {
        Process first = run.start("none");
        KeeperPage page = run.page();
        page.set(STOP, 1);
        first.waitFor();
        page.set(KeeperPage.LAYOUT, 2);
        Litter.Result result = litter.run(run.command("none").toArray(String[]::new));
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.err()).endsWith("the file has a layout of another version\n");
        assertThat(page.get(INCARNATION)).isZero();
    }

    @Test
    void refusesBadOptionsInOneLine() throws Exception {
        String keeper = NativePrograms.path("qf-keeper");
        String shm = dir.resolve("keeper").toString();
        assertUsage(keeper);
        assertUsage(keeper, "--nonsense");
        assertUsage(keeper, "--shm", "relative", "--kind", "none", "--timeout-ms", "1000");
        assertUsage(keeper, "--shm", shm, "--kind", "magic", "--timeout-ms", "1000");
        assertUsage(keeper, "--shm", shm, "--kind", "fifo", "--timeout-ms", "1000");
        assertUsage(keeper, "--shm", shm, "--kind", "none");
        assertUsage(keeper, "--shm", shm, "--kind", "none", "--timeout-ms", "99");
        assertUsage(keeper, "--shm", shm, "--kind", "none", "--timeout-ms", "1e3");
        assertUsage(keeper, "--shm", shm, "--kind", "device", "--watchdog", "/dev/null", "--timeout-ms", "999");
        assertThat(dir.resolve("keeper")).doesNotExist();
    }

    private void assertUsage(String... command) throws Exception {
        Litter.Result result = litter.run(command);
        assertThat(result.code()).isEqualTo(64);
        assertThat(result.err()).startsWith("qf-keeper: ").hasLineCount(1);
    }
}
