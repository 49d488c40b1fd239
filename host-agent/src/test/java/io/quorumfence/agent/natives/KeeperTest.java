package io.quorumfence.agent.natives;

import static io.quorumfence.agent.natives.KeeperPage.EXPIRY;
import static io.quorumfence.agent.natives.KeeperPage.FEEDS;
import static io.quorumfence.agent.natives.KeeperPage.FLAGS;
import static io.quorumfence.agent.natives.KeeperPage.INCARNATION;
import static io.quorumfence.agent.natives.KeeperPage.LATCHED;
import static io.quorumfence.agent.natives.KeeperPage.LATCHED_AT;
import static io.quorumfence.agent.natives.KeeperPage.NO_EXPIRY;
import static io.quorumfence.agent.natives.KeeperPage.OPEN;
import static io.quorumfence.agent.natives.KeeperPage.TICK;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The rule: feed while now < expiry, latch for good afterwards. */
@Timeout(60)
class KeeperTest {

    private static final long FAR = Duration.ofHours(1).toNanos();
    private static final long SOON = Duration.ofMillis(300).toNanos();

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
    void startsWithoutAnExpiryAndFeeds() throws Exception {
        FifoWatchdog watchdog = FifoWatchdog.read(litter, dir.resolve("fifo"));
        Process keeper = run.start("fifo");
        KeeperPage page = run.page();

        page.awaitFeeds(3);
        assertThat(page.get(KeeperPage.MAGIC)).isEqualTo(0x3130504B46514B51L);
        assertThat(page.get(KeeperPage.LAYOUT)).isEqualTo(1);
        assertThat(page.get(KeeperPage.PID)).isEqualTo(keeper.pid());
        assertThat(page.get(EXPIRY)).isEqualTo(NO_EXPIRY);
        assertThat(page.get(INCARNATION)).isZero();
        assertThat(page.get(LATCHED)).isZero();
        assertThat(page.get(KeeperPage.TIMEOUT)).isEqualTo(200);
        assertThat(page.get(KeeperPage.KIND)).isEqualTo(2);
        assertThat(page.get(FLAGS)).isEqualTo(OPEN | KeeperPage.DISARM);
        Litter.await("each feed is a byte", () -> watchdog.bytes() >= 3);
    }

    @Test
    void feedsWhileTheExpiryLiesAhead() throws Exception {
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        run.start("fifo");
        KeeperPage page = run.page();

        page.arm(7, page.now() + FAR);
        page.awaitFeeds(5);
        assertThat(page.get(LATCHED)).isZero();
    }

    @Test
    void latchesWhenTheExpiryHasPassedAndStopsFeeding() throws Exception {
        FifoWatchdog watchdog = FifoWatchdog.read(litter, dir.resolve("fifo"));
        run.start("fifo");
        KeeperPage page = run.page();
        long expiry = page.now() + SOON;
        page.arm(7, expiry);

        Litter.await("it latches", () -> page.get(LATCHED) == 7);
        assertThat(page.get(LATCHED_AT)).isGreaterThanOrEqualTo(expiry);
        long feeds = page.get(FEEDS);
        page.awaitTicks(10);
        assertThat(page.get(FEEDS)).isEqualTo(feeds);
        Litter.await("each feed is a byte", () -> watchdog.bytes() == feeds);
    }

    @Test
    void neverFeedsAgainForALatchedIncarnation() throws Exception {
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        run.start("fifo");
        KeeperPage page = run.page();
        page.arm(7, page.now());
        Litter.await("it latches", () -> page.get(LATCHED) == 7);
        long feeds = page.get(FEEDS);

        page.set(EXPIRY, page.now() + FAR);
        page.awaitTicks(10);
        page.set(EXPIRY, NO_EXPIRY);
        page.awaitTicks(10);
        page.set(INCARNATION, 6);
        page.awaitTicks(10);
        page.set(INCARNATION, 0);
        page.awaitTicks(10);

        assertThat(page.get(FEEDS)).isEqualTo(feeds);
        assertThat(page.get(LATCHED)).isEqualTo(7);
    }

    @Test
    void feedsAgainForAHigherIncarnation() throws Exception {
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        run.start("fifo");
        KeeperPage page = run.page();
        page.arm(7, page.now());
        Litter.await("it latches", () -> page.get(LATCHED) == 7);

        page.arm(8, page.now() + FAR);
        page.awaitFeeds(3);
        assertThat(page.get(LATCHED)).isEqualTo(7);

        page.set(EXPIRY, page.now());
        Litter.await("it latches the next one too", () -> page.get(LATCHED) == 8);
    }

    @Test
    void latchesEvenWithoutACounter() throws Exception {
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        run.start("fifo");
        KeeperPage page = run.page();
        page.set(EXPIRY, page.now());
        Litter.await("it latches", () -> (page.get(FLAGS) & KeeperPage.ZERO_LATCHED) != 0);
        long feeds = page.get(FEEDS);

        page.set(EXPIRY, NO_EXPIRY);
        page.awaitTicks(10);
        assertThat(page.get(FEEDS)).isEqualTo(feeds);
        page.set(INCARNATION, 1);
        page.awaitFeeds(2);
    }

    @Test
    void feedsAtMostOnceLateAfterAPauseAcrossTheExpiry() throws Exception {
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        Process keeper = run.start("fifo");
        KeeperPage page = run.page();
        for (int incarnation = 1; incarnation <= 8; incarnation++) {
            page.arm(incarnation, page.now() + SOON);
            page.awaitFeeds(1);
            Litter.signal("STOP", keeper.pid());
            Litter.await("it is stopped", () -> Litter.state(keeper.pid()).equals("T"));
            assertThat(page.get(LATCHED)).isEqualTo(incarnation - 1);
            long feeds = page.get(FEEDS);
            Litter.awaitElapsed(Duration.ofNanos(2 * SOON));
            Litter.signal("CONT", keeper.pid());

            int latched = incarnation;
            Litter.await("it latches", () -> page.get(LATCHED) == latched);
            page.awaitTicks(3);
            assertThat(page.get(FEEDS)).isBetween(feeds, feeds + 1);
        }
    }

    @Test
    void aRenewalDuringAPauseOfTheKeeperIsHonoured() throws Exception {
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        Process keeper = run.start("fifo");
        KeeperPage page = run.page();
        page.arm(3, page.now() + SOON);
        Litter.signal("STOP", keeper.pid());
        page.set(EXPIRY, page.now() + FAR);
        Litter.awaitElapsed(Duration.ofNanos(2 * SOON));
        Litter.signal("CONT", keeper.pid());
        page.awaitFeeds(3);
        assertThat(page.get(LATCHED)).isZero();
    }

    @Test
    void keepsTheLatchOverItsOwnRestart() throws Exception {
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        Process first = run.start("fifo");
        KeeperPage page = run.page();
        page.arm(7, page.now());
        Litter.await("it latches", () -> page.get(LATCHED) == 7);
        page.set(EXPIRY, NO_EXPIRY);
        first.destroyForcibly().waitFor();
        long feeds = page.get(FEEDS);

        run.start("fifo");
        page.awaitTicks(10);
        assertThat(page.get(LATCHED)).isEqualTo(7);
        assertThat(page.get(FEEDS)).isEqualTo(feeds);
        page.set(INCARNATION, 8);
        page.awaitFeeds(2);
    }

    @Test
    void latchesAtItsFirstTickWhatExpiredWhileNoKeeperRan() throws Exception {
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        Process first = run.start("fifo");
        KeeperPage page = run.page();
        page.arm(7, page.now() + SOON);
        first.destroyForcibly().waitFor();
        long feeds = page.get(FEEDS);
        Litter.awaitElapsed(Duration.ofNanos(2 * SOON));

        run.start("fifo");
        assertThat(page.get(LATCHED)).isEqualTo(7);
        assertThat(page.get(FEEDS)).isEqualTo(feeds);
    }

    @Test
    void latchesWithoutAWatchdogAndNeverClaimsOne() throws Exception {
        run.start("none");
        KeeperPage page = run.page();
        page.arm(7, page.now());
        Litter.await("it latches", () -> page.get(LATCHED) == 7);
        assertThat(page.get(FEEDS)).isZero();
        assertThat(page.get(FLAGS)).isZero();
        assertThat(page.get(KeeperPage.TIMEOUT)).isZero();
        assertThat(page.get(KeeperPage.KIND)).isZero();
    }

    @Test
    void ticksWhileTheFifoHasNoReaderAndFeedsOnceThereIsOne() throws Exception {
        run.start("fifo");
        KeeperPage page = run.page();
        page.awaitTicks(3);
        assertThat(page.get(FLAGS) & OPEN).isZero();
        assertThat(page.get(FEEDS)).isZero();

        Process reader = litter.start("cat", dir.resolve("fifo").toString());
        page.awaitFeeds(2);
        assertThat(page.get(FLAGS) & OPEN).isEqualTo(OPEN);

        reader.destroyForcibly().waitFor();
        Litter.await("it notices that the reader is gone", () -> (page.get(FLAGS) & OPEN) == 0);
        FifoWatchdog.read(litter, dir.resolve("fifo"));
        page.awaitFeeds(2);
    }

    @Test
    void isNotHeldUpByAReaderThatDoesNotRead() throws Exception {
        Process idle = litter.start(
                "bash",
                "-c",
                "exec 5<>\"$0\"; echo open; exec sleep 1000",
                dir.resolve("fifo").toString());
        assertThat(idle.inputReader().readLine()).isEqualTo("open");
        // Leaves no room in the pipe.
        litter.start(
                        "bash",
                        "-c",
                        "head -c 65536 /dev/zero > \"$0\"",
                        dir.resolve("fifo").toString())
                .waitFor();
        run.start("fifo");
        KeeperPage page = run.page();
        long feeds = page.get(FEEDS);
        page.awaitTicks(5);
        assertThat(page.get(FEEDS)).isEqualTo(feeds);
        page.arm(7, page.now());
        Litter.await("it latches", () -> page.get(LATCHED) == 7);
        assertThat(page.get(TICK)).isPositive();
    }
}
