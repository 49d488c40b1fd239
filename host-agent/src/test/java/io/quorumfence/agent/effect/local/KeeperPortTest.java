package io.quorumfence.agent.effect.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.agent.probe.clock.NanoClock;
import io.quorumfence.agent.probe.clock.RawClock;
import io.quorumfence.model.WatchdogKind;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.command.LocalCommand.SetExpiry;
import io.quorumfence.model.command.LocalCommand.StoreLatch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the real qf-keeper, with a FIFO in the watchdog's place. */
class KeeperPortTest {
    private static final NanoClock CLOCK = new RawClock();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @TempDir(factory = InMemoryTempDir.class)
    Path run;

    @AfterEach
    void endTheKeeperThisTestStarted() throws IOException {
        Path shm = run.resolve("keeper");
        if (!Files.exists(shm) || Files.size(shm) < KeeperPage.SIZE) {
            return;
        }
        long pid = KeeperPage.map(shm).read().keeperPid();
        if (pid != 0) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void startsAKeeperAndSeesItFeed() throws Exception {
        try (RandomAccessFile reader = fifo()) {
            KeeperPort keeper = KeeperPort.open(spec(WatchdogKind.FIFO_LAB), CLOCK);
            Await.until("feeding", () -> keeper.poll().feeding());
            assertThat(keeper.poll().watchdogNs()).isEqualTo(2 * SECOND);
            assertThat(keeper.poll().latchedCounter()).isZero();
            assertThat(reader.read()).isEqualTo('.');
        }
    }

    @Test
    void aSecondAgentFindsTheSameKeeper() throws Exception {
        try (RandomAccessFile reader = fifo()) {
            KeeperPort first = KeeperPort.open(spec(WatchdogKind.FIFO_LAB), CLOCK);
            Await.until("feeding", () -> first.poll().feeding());
            first.setExpiry(new SetExpiry(5, CLOCK.nowNs() + 60 * SECOND, 1234));
            first.storeLatch(new StoreLatch(3));
            KeeperPort second = KeeperPort.open(spec(WatchdogKind.FIFO_LAB), CLOCK);
            assertThat(second.words().keeperPid()).isEqualTo(first.words().keeperPid());
            assertThat(second.recovered().counter()).isEqualTo(5);
            assertThat(second.recovered().leaseEndNs()).isEqualTo(1234);
            assertThat(second.recovered().agentLatched()).isEqualTo(3);
            assertThat(second.poll().feeding()).isTrue();
            assertThat(reader.read()).isEqualTo('.');
        }
    }

    @Test
    void anExpiryThatPassesIsLatchedAndOnlyAHigherIncarnationIsFedAgain() throws Exception {
        try (RandomAccessFile reader = fifo()) {
            KeeperPort keeper = KeeperPort.open(spec(WatchdogKind.FIFO_LAB), CLOCK);
            Await.until("feeding", () -> keeper.poll().feeding());
            keeper.setExpiry(new SetExpiry(5, CLOCK.nowNs() - 1, CLOCK.nowNs() - 1));
            Await.until("latched", () -> keeper.poll().latchedCounter() == 5);
            keeper.setExpiry(new SetExpiry(5, CLOCK.nowNs() + 60 * SECOND, CLOCK.nowNs() + 60 * SECOND));
            long fed = keeper.words().feeds();
            long tick = keeper.words().tickNs();
            Await.until("three ticks later", () -> keeper.words().tickNs() > tick + SECOND);
            assertThat(keeper.words().feeds()).isEqualTo(fed);
            keeper.setExpiry(new SetExpiry(6, CLOCK.nowNs() + 60 * SECOND, CLOCK.nowNs() + 60 * SECOND));
            Await.until("fed again", () -> keeper.words().feeds() > fed);
            assertThat(keeper.poll().latchedCounter()).isEqualTo(5);
            assertThat(reader.read()).isEqualTo('.');
        }
    }

    @Test
    void anExpiryOfAnEarlierIncarnationIsDropped() throws Exception {
        KeeperPort keeper = KeeperPort.open(spec(WatchdogKind.NONE), CLOCK);
        Await.until("alive", () -> keeper.isAlive(keeper.words()));
        keeper.setExpiry(new SetExpiry(5, 700, 600));
        keeper.setExpiry(new SetExpiry(4, LocalCommand.NO_EXPIRY, 900));
        assertThat(keeper.words().expiryNs()).isEqualTo(700);
        assertThat(keeper.words().leaseEndNs()).isEqualTo(600);
        assertThat(keeper.words().counter()).isEqualTo(5);
    }

    @Test
    void theLatchNeverGoesDown() throws Exception {
        KeeperPort keeper = KeeperPort.open(spec(WatchdogKind.NONE), CLOCK);
        Await.until("alive", () -> keeper.isAlive(keeper.words()));
        keeper.storeLatch(new StoreLatch(5));
        keeper.storeLatch(new StoreLatch(4));
        assertThat(keeper.words().agentLatched()).isEqualTo(5);
        assertThat(keeper.words().latchedCounter()).isEqualTo(5);
    }

    @Test
    void aKeeperWithoutWatchdogIsAliveButDoesNotFeed() throws Exception {
        KeeperPort keeper = KeeperPort.open(spec(WatchdogKind.NONE), CLOCK);
        Await.until("alive", () -> keeper.isAlive(keeper.words()));
        assertThat(keeper.poll().feeding()).isFalse();
        assertThat(keeper.poll().watchdogNs()).isZero();
    }

    /** An upgrade of the keeper: the agent of the new release finds one of the old program, and it hands over. */
    @Test
    void aKeeperOfAnotherProgramIsTakenOverAndAnArmedHostIsFedOn() throws Exception {
        try (RandomAccessFile reader = fifo()) {
            KeeperSpec now = spec(WatchdogKind.FIFO_LAB);
            Path former = Files.copy(now.program(), run.resolve("former-keeper"));
            KeeperSpec old = new KeeperSpec(former, now.shm(), now.kind(), now.watchdog(), now.timeout());
            KeeperPort before = KeeperPort.open(old, CLOCK);
            Await.until("feeding", () -> before.poll().feeding());
            before.setExpiry(new SetExpiry(5, CLOCK.nowNs() + 60 * SECOND, 1234));
            long pid = before.words().keeperPid();

            KeeperPort after = KeeperPort.open(now, CLOCK);
            Await.until("another keeper", () -> after.words().keeperPid() != pid);
            long fed = after.words().feeds();
            Await.until("it feeds on", () -> after.words().feeds() > fed);
            Await.until("the old one is gone", () -> ProcessHandle.of(pid).isEmpty());
            assertThat(after.poll().feeding()).isTrue();
            assertThat(after.words().keeperLatched()).isZero();
            assertThat(after.words().expiryNs()).isEqualTo(before.words().expiryNs());
            assertThat(reader.read()).isEqualTo('.');
        }
    }

    @Test
    void aMissingDeviceIsToldInOneLineAndNothingFeeds() throws Exception {
        KeeperPort keeper = KeeperPort.open(spec(WatchdogKind.DEVICE), CLOCK);
        Await.until("why", () -> !keeper.report().trouble().isEmpty());
        assertThat(keeper.report().trouble())
                .contains("watchdog " + run.resolve("watchdog") + ": No such file or directory")
                .hasLineCount(1);
        assertThat(keeper.poll().feeding()).isFalse();
        assertThat(keeper.report().identity()).isEmpty();
    }

    @Test
    void aKeeperThatDiedIsStartedAgain() throws Exception {
        KeeperPort keeper = KeeperPort.open(spec(WatchdogKind.NONE), CLOCK);
        Await.until("alive", () -> keeper.isAlive(keeper.words()));
        long dead = keeper.words().keeperPid();
        ProcessHandle.of(dead).orElseThrow().destroyForcibly();
        Await.until("another", () -> {
            keeper.poll();
            return keeper.words().keeperPid() != dead && keeper.isAlive(keeper.words());
        });
    }

    /** Opening a watchdog feeds it: the reset that others count on must not be put off. */
    @Test
    void aKeeperThatDiedPastTheExpiryIsLeftDead() throws Exception {
        try (RandomAccessFile reader = fifo()) {
            KeeperPort keeper = KeeperPort.open(spec(WatchdogKind.FIFO_LAB), CLOCK);
            Await.until("feeding", () -> keeper.poll().feeding());
            keeper.setExpiry(new SetExpiry(5, CLOCK.nowNs() - 1, CLOCK.nowNs() - 1));
            Await.until("latched", () -> keeper.poll().latchedCounter() == 5);
            long dead = keeper.words().keeperPid();
            ProcessHandle.of(dead).orElseThrow().destroyForcibly();
            long since = CLOCK.nowNs();
            Await.until("longer than a restart takes", () -> {
                keeper.poll();
                return CLOCK.nowNs() - since > 4 * SECOND;
            });
            assertThat(keeper.words().keeperPid()).isEqualTo(dead);
            assertThat(keeper.poll().feeding()).isFalse();
            assertThat(reader.read()).isEqualTo('.');
        }
    }

    @Test
    void anOrderlyStopEndsTheKeeperAndItStaysEnded() throws Exception {
        KeeperPort keeper = KeeperPort.open(spec(WatchdogKind.NONE), CLOCK);
        Await.until("alive", () -> keeper.isAlive(keeper.words()));
        keeper.requestStop();
        Await.until("stopped", () -> keeper.words().keeperPid() == 0);
        assertThat(keeper.poll().feeding()).isFalse();
    }

    @Test
    void aMissingProgramLeavesAPageThatStillKeepsTheLeaseEnd() throws Exception {
        KeeperSpec spec = new KeeperSpec(
                run.resolve("no-such"), run.resolve("keeper"), WatchdogKind.NONE, run, Duration.ofSeconds(2));
        KeeperPort keeper = KeeperPort.open(spec, CLOCK);
        keeper.setExpiry(new SetExpiry(5, 700, 600));
        assertThat(keeper.poll().feeding()).isFalse();
        assertThat(KeeperPort.open(spec, CLOCK).recovered().leaseEndNs()).isEqualTo(600);
    }

    @Test
    void aFileThatIsNoKeepersPageIsRefused() throws Exception {
        Files.write(run.resolve("keeper"), new byte[] {1, 2, 3});
        KeeperSpec spec = new KeeperSpec(
                Path.of("/bin/true"), run.resolve("keeper"), WatchdogKind.NONE, run, Duration.ofSeconds(2));
        assertThatThrownBy(() -> KeeperPort.open(spec, CLOCK))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no keeper's page");
    }

    private KeeperSpec spec(WatchdogKind kind) {
        return new KeeperSpec(
                Natives.program("qf-keeper"),
                run.resolve("keeper"),
                kind,
                run.resolve("watchdog"),
                Duration.ofSeconds(2));
    }

    /** Opened for both directions, so that neither side waits for the other. */
    private RandomAccessFile fifo() throws IOException, InterruptedException {
        Path fifo = run.resolve("watchdog");
        if (new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() != 0) {
            throw new IOException("mkfifo failed");
        }
        return new RandomAccessFile(fifo.toFile(), "rw");
    }
}
