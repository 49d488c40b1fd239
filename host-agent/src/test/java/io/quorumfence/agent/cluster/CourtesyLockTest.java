package io.quorumfence.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.HostId;
import io.quorumfence.model.LockAnswer;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.observation.EffectObservation.LockAnswered;
import io.quorumfence.model.observation.Observation;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Against a cluster that answers when the test says so. */
@ExtendWith(VertxExtension.class)
class CourtesyLockTest {
    private static final HostId H2 = new HostId("h2");
    private static final HostId H3 = new HostId("h3");

    private final BlockingQueue<Observation> inbox = new LinkedBlockingQueue<>();
    private final BlockingQueue<HostId> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> given = new LinkedBlockingQueue<>();
    private final BlockingQueue<HostId> unlocked = new LinkedBlockingQueue<>();
    private final AtomicLong nowNs = new AtomicLong();
    private @Nullable CourtesyLock lock;

    private final class SlowCluster implements ClusterLocks {
        @Override
        public boolean tryLock(HostId suspect, long waitMs, long leaseMs) throws InterruptedException {
            asked.add(suspect);
            return given.take();
        }

        @Override
        public void unlock(HostId suspect) {
            unlocked.add(suspect);
        }
    }

    @BeforeEach
    void open(Vertx vertx) {
        lock = lockOver(vertx, new SlowCluster());
    }

    @AfterEach
    void close() {
        lock().close();
    }

    @Test
    void withoutAClusterThereIsNoLockAndTheAnswerComesAtOnce(Vertx vertx) throws Exception {
        CourtesyLock alone = new CourtesyLock(Optional::empty, vertx, inbox::add, nowNs::get);
        alone.take(new LocalCommand.TakeLock(1, H2));
        assertThat(next()).isEqualTo(new LockAnswered(1, LockAnswer.UNAVAILABLE));
        alone.close();
    }

    @Test
    void aSecondWorkOfThisProcessIsToldWithoutAskingTheCluster() throws Exception {
        hold(1, H2);
        lock().take(new LocalCommand.TakeLock(2, H2));
        assertThat(next()).isEqualTo(new LockAnswered(2, LockAnswer.HELD_ELSEWHERE));
        assertThat(asked).isEmpty();
    }

    @Test
    void theHolderAskingAgainHasIt() throws Exception {
        hold(1, H2);
        lock().take(new LocalCommand.TakeLock(1, H2));
        assertThat(next()).isEqualTo(new LockAnswered(1, LockAnswer.ACQUIRED));
        assertThat(asked).isEmpty();
    }

    @Test
    void aLockOfAnotherHostIsHeldElsewhereAndLeavesNothingBehind() throws Exception {
        given.add(false);
        lock().take(new LocalCommand.TakeLock(1, H2));
        assertThat(next()).isEqualTo(new LockAnswered(1, LockAnswer.HELD_ELSEWHERE));
        asked.clear();
        hold(2, H2);
    }

    @Test
    void onlyTheHoldersWorkReleasesIt() throws Exception {
        hold(1, H2);
        lock().release(new LocalCommand.ReleaseLock(2, H2));
        lock().release(new LocalCommand.ReleaseLock(1, H3));
        lock().take(new LocalCommand.TakeLock(3, H2));
        assertThat(next()).isEqualTo(new LockAnswered(3, LockAnswer.HELD_ELSEWHERE));
        assertThat(unlocked).isEmpty();

        lock().release(new LocalCommand.ReleaseLock(1, H2));
        assertThat(unlocked.poll(10, TimeUnit.SECONDS)).isEqualTo(H2);
    }

    @Test
    void aSilentClusterIsUnavailableInTimeAndItsLateLockIsGivenBackAtOnce() throws Exception {
        lock().take(new LocalCommand.TakeLock(1, H2));
        assertThat(next()).isEqualTo(new LockAnswered(1, LockAnswer.UNAVAILABLE));
        lock().take(new LocalCommand.TakeLock(2, H2));
        assertThat(next()).describedAs("still stuck").isEqualTo(new LockAnswered(2, LockAnswer.UNAVAILABLE));

        given.add(true);

        assertThat(unlocked.poll(10, TimeUnit.SECONDS)).isEqualTo(H2);
        assertThat(inbox).isEmpty();
    }

    @Test
    void aWorkThatEndsWhileItWaitsDoesNotKeepTheLock() throws Exception {
        lock().take(new LocalCommand.TakeLock(1, H2));
        assertThat(asked.poll(10, TimeUnit.SECONDS)).isEqualTo(H2);
        lock().release(new LocalCommand.ReleaseLock(1, H2));
        assertThat(next()).isEqualTo(new LockAnswered(1, LockAnswer.UNAVAILABLE));
        given.add(true);
        assertThat(unlocked.poll(10, TimeUnit.SECONDS)).isEqualTo(H2);
    }

    @Test
    void aStuckLockOfOneSuspectDoesNotDelayTheAnswerForAnother() throws Exception {
        lock().take(new LocalCommand.TakeLock(1, H2));
        lock().take(new LocalCommand.TakeLock(2, H3));
        assertThat(next()).isInstanceOf(LockAnswered.class);
        assertThat(next()).isInstanceOf(LockAnswered.class);
        // The second turn comes after its time: the cluster is not asked any more.
        nowNs.addAndGet(TimeUnit.SECONDS.toNanos(1));
        given.add(false);
        given.add(true);
        long work = 3;
        do {
            lock().take(new LocalCommand.TakeLock(work, H3));
        } while (!next().equals(new LockAnswered(work++, LockAnswer.ACQUIRED)));
        assertThat(asked).containsExactly(H2, H3);
    }

    @Test
    void aClusterThatFailsIsUnavailableAndWhatItMayHaveGivenIsGivenBack(Vertx vertx) throws Exception {
        CourtesyLock failing = lockOver(vertx, new ClusterLocks() {
            @Override
            public boolean tryLock(HostId suspect, long waitMs, long leaseMs) {
                throw new IllegalStateException("no answer");
            }

            @Override
            public void unlock(HostId suspect) {
                unlocked.add(suspect);
            }
        });
        failing.take(new LocalCommand.TakeLock(1, H2));
        assertThat(next()).isEqualTo(new LockAnswered(1, LockAnswer.UNAVAILABLE));
        assertThat(unlocked.poll(10, TimeUnit.SECONDS)).isEqualTo(H2);
        failing.close();
    }

    @Test
    void aHoldThatOutlivedItsLeaseIsInNobodysWay() throws Exception {
        hold(1, H2);
        nowNs.addAndGet(TimeUnit.SECONDS.toNanos(17));
        hold(2, H2);
        lock().release(new LocalCommand.ReleaseLock(1, H2));
        lock().take(new LocalCommand.TakeLock(3, H2));
        assertThat(next()).isEqualTo(new LockAnswered(3, LockAnswer.HELD_ELSEWHERE));
    }

    private void hold(long work, HostId suspect) throws Exception {
        given.add(true);
        lock().take(new LocalCommand.TakeLock(work, suspect));
        assertThat(next()).isEqualTo(new LockAnswered(work, LockAnswer.ACQUIRED));
        asked.clear();
    }

    private CourtesyLock lockOver(Vertx vertx, ClusterLocks cluster) {
        return new CourtesyLock(() -> Optional.of(cluster), vertx, inbox::add, nowNs::get);
    }

    private CourtesyLock lock() {
        return Objects.requireNonNull(lock);
    }

    private Observation next() throws Exception {
        return Objects.requireNonNull(inbox.poll(10, TimeUnit.SECONDS), "no answer");
    }
}
