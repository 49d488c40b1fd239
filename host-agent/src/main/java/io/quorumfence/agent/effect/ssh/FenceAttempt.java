package io.quorumfence.agent.effect.ssh;

import io.quorumfence.config.SshTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import net.schmizz.sshj.Config;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;
import org.jspecify.annotations.Nullable;

/**
 * Tries all addresses of one suspect, staggered; the first session that logs in acts, the others are cut. Runs on one
 * thread of the fence pool, which is also the timer: every session has its deadline, and one that does not even end
 * when its socket is closed is left behind.
 */
final class FenceAttempt {
    private static final long STAGGER_NS = Duration.ofMillis(200).toNanos();
    private static final long ABORT_GRACE_NS = Duration.ofMillis(500).toNanos();

    private final SshFenceSpec spec;
    private final Config config;
    private final KeyProvider key;
    private final String request;
    private final BooleanSupplier inTime;
    private final Map<String, HostKeyPin> shown = new LinkedHashMap<>();
    private final List<FenceSession> waiting = new ArrayList<>();
    private final Map<FenceSession, Long> running = new HashMap<>();
    private final List<AddressResult> results = new ArrayList<>();
    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    private final AtomicReference<@Nullable FenceSession> winner = new AtomicReference<>();
    private boolean winnerSeen;

    /** @param ageNs how long ago the attempt was decided */
    FenceAttempt(
            SshFenceSpec spec, SshTarget target, HostKeyPins pins, Access access, String request, LongSupplier ageNs) {
        this.spec = spec;
        this.config = access.config();
        this.key = access.key();
        this.request = request;
        long latestNs = spec.handshakeLimit().toNanos() + target.addresses().size() * STAGGER_NS + ABORT_GRACE_NS;
        this.inTime = () -> ageNs.getAsLong() <= latestNs;
        for (String address : target.addresses()) {
            HostKeyPin pin = pins.fresh();
            shown.put(address, pin);
            waiting.add(new FenceSession(spec, target, address, pin));
        }
    }

    /** Which other host keys were shown; empty text for none, nothing when no address showed a key at all. */
    Optional<String> keyTrouble() {
        List<String> said = new ArrayList<>();
        shown.forEach((address, pin) ->
                pin.trouble().ifPresent(trouble -> said.add(trouble.isEmpty() ? "" : address + " shows " + trouble)));
        return said.stream().reduce((a, b) -> a.isEmpty() ? b : a);
    }

    /** What every session needs. */
    record Access(Config config, KeyProvider key) {
        @Override
        public String toString() {
            return "Access[key not shown]";
        }
    }

    /** A pin of its own for each session: it remembers what it refused. */
    @FunctionalInterface
    interface HostKeyPins {
        HostKeyPin fresh();
    }

    private record Ended(FenceSession session, AddressResult result) {}

    /**
     * Blocks until there is a result of every address or the time is up.
     *
     * @param threads bounds the session threads of the whole process, those left behind included
     */
    List<AddressResult> run(Semaphore threads) throws InterruptedException {
        long nextStartNs = System.nanoTime();
        while (!waiting.isEmpty() || !running.isEmpty()) {
            long nowNs = System.nanoTime();
            if (winner.get() != null) {
                settle(nowNs);
            } else if (!waiting.isEmpty() && (running.isEmpty() || nowNs - nextStartNs >= 0)) {
                start(waiting.remove(0), threads, nowNs);
                nextStartNs = nowNs + STAGGER_NS;
            }
            cutOverdue(System.nanoTime());
            Ended next = ended.poll(20, TimeUnit.MILLISECONDS);
            if (next != null && running.remove(next.session()) != null) {
                results.add(next.result());
                if (next.session() == winner.get()) {
                    dismissOthers();
                }
            }
        }
        return results;
    }

    private void start(FenceSession session, Semaphore threads, long nowNs) {
        if (!threads.tryAcquire()) {
            results.add(AddressResult.unclear(session.address(), "too many sessions hang", "", ""));
            return;
        }
        running.put(session, nowNs + spec.handshakeLimit().toNanos());
        Thread thread = new Thread(
                () -> {
                    try {
                        ended.add(new Ended(
                                session,
                                session.run(config, key, request, () -> winner.compareAndSet(null, session), inTime)));
                    } finally {
                        threads.release();
                    }
                },
                "ssh-" + session.address());
        thread.setDaemon(true);
        thread.start();
    }

    /** Once: the winner gets its time, the others are not needed any more. */
    private void settle(long nowNs) {
        if (winnerSeen) {
            return;
        }
        winnerSeen = true;
        FenceSession acting = winner.get();
        running.keySet().stream().filter(session -> session != acting).forEach(FenceSession::abort);
        running.replaceAll((session, deadline) ->
                session == acting ? nowNs + spec.commandTimeout().toNanos() : nowNs);
        waiting.forEach(this::dismiss);
        waiting.clear();
    }

    private void dismissOthers() {
        running.keySet().forEach(this::dismiss);
        running.clear();
        waiting.forEach(this::dismiss);
        waiting.clear();
    }

    private void dismiss(FenceSession session) {
        session.abort();
        results.add(new AddressResult(session.address(), AddressResult.Kind.LOST, "not needed", "", ""));
    }

    private void cutOverdue(long nowNs) {
        for (Map.Entry<FenceSession, Long> entry : List.copyOf(running.entrySet())) {
            FenceSession session = entry.getKey();
            if (nowNs - entry.getValue() < 0) {
                continue;
            }
            session.abort();
            if (nowNs - entry.getValue() >= ABORT_GRACE_NS) {
                running.remove(session);
                results.add(AddressResult.unclear(session.address(), "no end while " + session.stage(), "", ""));
            }
        }
    }
}
