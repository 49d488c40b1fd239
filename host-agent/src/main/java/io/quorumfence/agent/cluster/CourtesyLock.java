package io.quorumfence.agent.cluster;

import io.quorumfence.model.HostId;
import io.quorumfence.model.LockAnswer;
import io.quorumfence.model.command.LocalCommand;
import io.quorumfence.model.observation.EffectObservation;
import io.quorumfence.model.observation.Observation;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps siblings from working on one suspect in parallel. It saves work; safety never rests on it.
 *
 * <p>First a local lock, one work a suspect in this process; then the cluster's, with a lease, on one thread of its
 * own: the cluster's locks are re-entrant for a thread, so without the local one two works of this process could hold
 * one lock. (Vert.x's own distributed lock has that very hole, and neither lease nor owner.)
 *
 * <p>Every {@link LocalCommand.TakeLock} is answered by one {@link EffectObservation.LockAnswered} within
 * {@value #ANSWER_MS} ms, whatever the cluster does; a lock that is won later is given back at once. All methods may be
 * called from any thread and never block.
 */
public final class CourtesyLock {
    /** A healthy cluster takes 40 ms; where the dead host kept the lock, all of ANSWER_MS is added to the failover. */
    static final long WAIT_MS = 150;

    static final long ANSWER_MS = 250;
    static final long LEASE_MS = 15_000;

    private static final Logger LOG = LoggerFactory.getLogger(CourtesyLock.class);
    /** What an answer needs on its way back from the cluster, so that a full wait still ends as "held elsewhere". */
    private static final long RETURN_MS = 100;
    /** The lease runs from the lock's owner's moment, before the one seen here; this is later than its end. */
    private static final long LOCAL_LEASE_NS = TimeUnit.MILLISECONDS.toNanos(LEASE_MS + 1_000);

    private enum State {
        /** The cluster is being asked. */
        ASKED,
        HELD,
        /** Answered without the lock, and the cluster may still give it. */
        GIVEN_UP,
        /** Being given back. */
        RETURNING
    }

    private static final class Hold {
        final HostId suspect;
        final long work;
        final long sinceNs;
        State state = State.ASKED;

        Hold(HostId suspect, long work, long sinceNs) {
            this.suspect = suspect;
            this.work = work;
            this.sinceNs = sinceNs;
        }
    }

    private final Supplier<Optional<ClusterLocks>> cluster;
    private final Vertx vertx;
    private final Consumer<Observation> inbox;
    private final LongSupplier nowNs;
    private final Map<HostId, Hold> holds = new HashMap<>();
    /** At most one task a suspect; once closed it takes none, and the timer answers. */
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            CourtesyLock::threadOf,
            new ThreadPoolExecutor.DiscardPolicy());

    /**
     * @param vertx the agent's, for timers
     * @param inbox takes answers on any thread; must not block
     * @param nowNs a monotonic clock
     */
    public CourtesyLock(CellCluster cluster, Vertx vertx, Consumer<Observation> inbox, LongSupplier nowNs) {
        this(cluster::locks, vertx, inbox, nowNs);
    }

    CourtesyLock(
            Supplier<Optional<ClusterLocks>> cluster, Vertx vertx, Consumer<Observation> inbox, LongSupplier nowNs) {
        this.cluster = cluster;
        this.vertx = vertx;
        this.inbox = inbox;
        this.nowNs = nowNs;
    }

    public void take(LocalCommand.TakeLock command) {
        Optional<ClusterLocks> locks = cluster.get();
        Hold hold = new Hold(command.suspect(), command.work(), nowNs.getAsLong());
        Optional<LockAnswer> atOnce = locks.isEmpty() ? Optional.of(LockAnswer.UNAVAILABLE) : enter(hold);
        if (atOnce.isPresent()) {
            answer(hold, atOnce.get());
            return;
        }
        vertx.setTimer(ANSWER_MS, ignored -> {
            if (move(hold, State.ASKED, State.GIVEN_UP)) {
                answer(hold, LockAnswer.UNAVAILABLE);
            }
        });
        thread.execute(() -> acquire(hold, locks.get()));
    }

    /** Gives back what this work holds or waits for; nothing else. */
    public void release(LocalCommand.ReleaseLock command) {
        Hold hold;
        synchronized (holds) {
            hold = holds.get(command.suspect());
            if (hold == null || hold.work != command.work()) {
                return;
            }
        }
        if (move(hold, State.ASKED, State.GIVEN_UP)) {
            answer(hold, LockAnswer.UNAVAILABLE);
        } else if (move(hold, State.HELD, State.RETURNING)) {
            thread.execute(() -> giveBack(hold));
        }
    }

    /** Ends the thread; the cluster frees what it held. */
    public void close() {
        thread.shutdownNow();
    }

    /** Takes the local lock; an answer means that the cluster is not asked. */
    private Optional<LockAnswer> enter(Hold hold) {
        synchronized (holds) {
            Hold known = holds.get(hold.suspect);
            if (known == null || isOver(known, hold.sinceNs)) {
                holds.put(hold.suspect, hold);
                return Optional.empty();
            }
            return Optional.of(
                    switch (known.state) {
                        case HELD -> known.work == hold.work ? LockAnswer.ACQUIRED : LockAnswer.HELD_ELSEWHERE;
                        case ASKED -> LockAnswer.HELD_ELSEWHERE;
                        case GIVEN_UP, RETURNING -> LockAnswer.UNAVAILABLE;
                    });
        }
    }

    private static Thread threadOf(Runnable task) {
        Thread made = new Thread(task, "qf-courtesy-lock");
        made.setDaemon(true);
        return made;
    }

    private static boolean isOver(Hold known, long atNs) {
        return known.state == State.HELD && atNs - known.sinceNs >= LOCAL_LEASE_NS;
    }

    private boolean move(Hold hold, State from, State to) {
        synchronized (holds) {
            if (hold.state != from) {
                return false;
            }
            hold.state = to;
            return true;
        }
    }

    private void leave(Hold hold) {
        synchronized (holds) {
            holds.remove(hold.suspect, hold);
        }
    }

    private void acquire(Hold hold, ClusterLocks locks) {
        long waitMs = Math.min(WAIT_MS, ANSWER_MS - RETURN_MS - passedMs(hold));
        // Another suspect's turn may have taken the time; then the cluster is not asked any more.
        LockAnswer outcome = waitMs > 0 ? ask(hold, locks, waitMs) : LockAnswer.UNAVAILABLE;
        if (outcome == LockAnswer.ACQUIRED) {
            if (move(hold, State.ASKED, State.HELD)) {
                answer(hold, outcome);
            } else {
                unlock(hold, locks);
                leave(hold);
            }
            return;
        }
        boolean waitedFor = move(hold, State.ASKED, State.GIVEN_UP);
        // Left before the answer: whoever hears it and asks again must not find this one in the way.
        leave(hold);
        if (waitedFor) {
            answer(hold, outcome);
        }
    }

    private LockAnswer ask(Hold hold, ClusterLocks locks, long waitMs) {
        try {
            return locks.tryLock(hold.suspect, waitMs, LEASE_MS) ? LockAnswer.ACQUIRED : LockAnswer.HELD_ELSEWHERE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return LockAnswer.UNAVAILABLE;
        } catch (RuntimeException e) {
            LOG.debug("the lock of {} gave no answer: {}", hold.suspect, e.getMessage());
            // It may have been taken all the same, and would then be re-entered by the next work.
            unlock(hold, locks);
            return LockAnswer.UNAVAILABLE;
        }
    }

    private void giveBack(Hold hold) {
        cluster.get().ifPresent(locks -> unlock(hold, locks));
        leave(hold);
    }

    private static void unlock(Hold hold, ClusterLocks locks) {
        try {
            locks.unlock(hold.suspect);
        } catch (RuntimeException e) {
            LOG.debug("the lock of {} is left to its lease: {}", hold.suspect, e.getMessage());
        }
    }

    private long passedMs(Hold hold) {
        return TimeUnit.NANOSECONDS.toMillis(nowNs.getAsLong() - hold.sinceNs);
    }

    private void answer(Hold hold, LockAnswer answer) {
        inbox.accept(new EffectObservation.LockAnswered(hold.work, answer));
    }
}
