package io.quorumfence.agent.effect.ssh;

import io.quorumfence.agent.effect.local.HelperLine;
import io.quorumfence.agent.probe.clock.NanoClock;
import io.quorumfence.config.SshTarget;
import io.quorumfence.model.Proof;
import io.quorumfence.model.SshVerdict;
import io.quorumfence.model.command.LocalCommand.FenceBySsh;
import io.quorumfence.model.observation.EffectObservation.HostKeyCompared;
import io.quorumfence.model.observation.EffectObservation.SshFinished;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes to the suspect over every configured address and has its VMs ended there. {@link #fence} returns at once and is
 * answered by exactly one SshFinished, from a thread of a pool of two; a third attempt meanwhile is answered as
 * ambiguous. May be repeated: the command is bound to the incarnation and does nothing twice.
 */
public final class SshFencer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SshFencer.class);
    private static final int ATTEMPTS_MAX = 2;
    private static final int SESSIONS_MAX = 24;
    private static final int HASH_CHARS = 12;

    private final SshFenceSpec spec;
    private final NanoClock clock;
    private final Consumer<Observation> sink;
    private final SshAccess access;
    private final SshAudit audit;
    private final Semaphore sessionThreads = new Semaphore(SESSIONS_MAX);
    private final AtomicInteger threadNumber = new AtomicInteger();
    private final ExecutorService pool;

    public SshFencer(SshFenceSpec spec, NanoClock clock, Consumer<Observation> sink) {
        this.spec = spec;
        this.clock = clock;
        this.sink = sink;
        this.access = new SshAccess(spec.keyFile());
        this.audit = new SshAudit(spec.auditFile());
        this.pool = new ThreadPoolExecutor(
                0,
                ATTEMPTS_MAX,
                30,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                work -> daemon(work, "ssh-fence-" + threadNumber.incrementAndGet()));
    }

    /**
     * Loads the key and sshj's classes on a thread aside, so that the first attempt is not the slow one. Says in the
     * log when the key is unusable.
     */
    public void warmUp() {
        daemon(
                        () -> {
                            try {
                                SshWarmUp.run(access.get());
                            } catch (IOException e) {
                                LOG.error("{}; no sibling can be fenced over ssh until it is", e.getMessage());
                            }
                        },
                        "ssh-warm-up")
                .start();
    }

    public void fence(FenceBySsh command) {
        long startedNs = clock.nowNs();
        try {
            pool.execute(() -> attempt(command, startedNs));
        } catch (RejectedExecutionException e) {
            finish(
                    command,
                    startedNs,
                    new FenceVerdict(SshVerdict.AMBIGUOUS, "both fence threads are busy"),
                    List.of());
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
        audit.close();
    }

    private void attempt(FenceBySsh command, long startedNs) {
        FenceVerdict verdict;
        List<AddressResult> results = List.of();
        try {
            SshTarget target = spec.targets().get(command.suspect());
            if (target == null) {
                verdict = new FenceVerdict(SshVerdict.AMBIGUOUS, "no ssh target is configured");
            } else {
                FenceAttempt attempt = new FenceAttempt(
                        spec,
                        target,
                        () -> HostKeyPin.of(command.suspect(), target.hostKey()),
                        access.get(),
                        request(command),
                        () -> clock.nowNs() - command.decidedNs());
                results = attempt.run(sessionThreads);
                attempt.keyTrouble().ifPresent(trouble -> sink.accept(new HostKeyCompared(command.suspect(), trouble)));
                verdict = FenceVerdict.of(results, command.life());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            verdict = new FenceVerdict(SshVerdict.AMBIGUOUS, "the agent is stopping");
        } catch (IOException e) {
            LOG.error("{}", e.getMessage());
            verdict = new FenceVerdict(SshVerdict.AMBIGUOUS, "the key of this host is unusable");
        } catch (RuntimeException e) {
            LOG.error("fence over ssh", e);
            verdict = new FenceVerdict(
                    SshVerdict.AMBIGUOUS, "failed: " + e.getClass().getSimpleName());
        }
        finish(command, startedNs, verdict, results);
    }

    /** The ids go by standard input, never on a command line that a pattern or another user could see. */
    private static String request(FenceBySsh command) {
        return "fence v1 boot=" + command.life().bootId() + " counter="
                + command.life().counter() + " token=" + command.token() + " vms=all"
                + HelperLine.spares(command.spared()) + "\n";
    }

    private void finish(FenceBySsh command, long startedNs, FenceVerdict verdict, List<AddressResult> results) {
        long tookMs = TimeUnit.NANOSECONDS.toMillis(clock.nowNs() - startedNs);
        String evidence = "ssh " + command.suspect() + ": " + word(verdict.verdict()) + " in " + tookMs + " ms"
                + hash(results) + "; " + verdict.why();
        if (evidence.length() > Proof.EVIDENCE_MAX) {
            evidence = evidence.substring(0, Proof.EVIDENCE_MAX);
        }
        LOG.info(
                "[pre-fence vm=all suspect={} token={} attempt={}] {}",
                command.suspect(),
                command.token(),
                command.attempt(),
                evidence);
        audit.keep(command, verdict.verdict(), results);
        sink.accept(new SshFinished(
                command.work(), command.attempt(), verdict.verdict(), startedNs, evidence, verdict.ended()));
    }

    private static String word(SshVerdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Ties the evidence to the audit without repeating a remote word. */
    private static String hash(List<AddressResult> results) {
        StringBuilder said = new StringBuilder();
        results.forEach(result -> said.append(result.said()));
        if (said.length() == 0) {
            return "";
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(said.toString().getBytes(StandardCharsets.ISO_8859_1));
            return ", sha256 " + HexFormat.of().formatHex(digest).substring(0, HASH_CHARS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
