package io.quorumfence.agent.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The feeding under pressure, with a bounded load: more busy processes than processors, and a process that fills 300
 * MiB. The keeper measures its own longest gap; the agent's part is played by whoever moves the expiry.
 */
@Timeout(60)
class KeeperPressureTest {
    private static final Duration LOAD = Duration.ofSeconds(4);
    /** Of a watchdog of 5 s; without real-time priority (containers) a tick waits its turn among the busy ones. */
    private static final Duration BOUND = Duration.ofSeconds(2);

    @RegisterExtension
    final Litter litter = new Litter();

    private Path dir;
    private KeeperPage page;
    private Process keeper;

    @BeforeEach
    void aKeeperFeeds() throws Exception {
        dir = litter.memoryDir();
        FifoWatchdog.read(litter, FifoWatchdog.make(litter, dir.resolve("fifo")));
        keeper = litter.start(new ProcessBuilder(
                NativePrograms.path("qf-keeper"),
                "--shm",
                dir + "/keeper",
                "--kind",
                "fifo",
                "--watchdog",
                dir + "/fifo",
                "--timeout-ms",
                "5000"));
        assertThat(keeper.inputReader().readLine()).startsWith("running pid ");
        page = new KeeperPage(dir.resolve("keeper"));
        page.awaitTicks(1);
        page.arm(7, page.now() + Duration.ofHours(1).toNanos());
    }

    @Test
    void feedsInTimeWhileTheProcessorsAreBusyAndMemoryIsFilled() throws Exception {
        int busy = Runtime.getRuntime().availableProcessors() + 2;
        for (int i = 0; i < busy; i++) {
            litter.start(new ProcessBuilder("bash", "-c", "while :; do :; done"));
        }
        litter.start(new ProcessBuilder("bash", "-c", "head -c 300000000 /dev/zero | tail -c 300000000 | sleep 60"));
        page.awaitFeeds(8);
        Litter.awaitElapsed(LOAD);
        assertThat(Duration.ofNanos(page.get(KeeperPage.WORST_GAP))).isLessThan(BOUND);
        assertThat(page.get(KeeperPage.LATCHED)).isZero();
    }

    /** The agent is stopped and then killed: the expiry that it left decides, and nothing else. */
    @Test
    void anAgentThatIsStoppedOrKilledCostsNothingBeforeTheExpiryAndTheFeedingAfterIt() throws Exception {
        Process agent = litter.start(new ProcessBuilder(List.of("sleep", "1000")));
        Litter.signal("STOP", agent.pid());
        page.set(KeeperPage.EXPIRY, page.now() + Duration.ofSeconds(3).toNanos());
        page.awaitFeeds(4);
        assertThat(page.get(KeeperPage.LATCHED)).isZero();
        agent.destroyForcibly().waitFor();
        page.awaitFeeds(2);
        Litter.await("it latches at the expiry", () -> page.get(KeeperPage.LATCHED) == 7);
        long feeds = page.get(KeeperPage.FEEDS);
        page.awaitTicks(4);
        assertThat(page.get(KeeperPage.FEEDS)).isEqualTo(feeds);
        assertThat(keeper.isAlive()).isTrue();
    }
}
