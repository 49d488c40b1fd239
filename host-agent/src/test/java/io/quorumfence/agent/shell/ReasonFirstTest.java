package io.quorumfence.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorumfence.agent.journal.Journal;
import io.quorumfence.agent.journal.JournalAlarm;
import io.quorumfence.agent.journal.JournalSpec;
import io.quorumfence.model.HostId;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.Observation;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A self-fence lets its reason reach the disk first, and never waits for a disk longer than its bound. */
@Timeout(60)
class ReasonFirstTest {
    private static final JournalEvent REASON =
            new JournalEvent.SelfFenceStarted(new HostId("h1"), 4, "STOP_VMS because lease ended");
    /** The bound, and what a busy machine needs to come to its timer. */
    private static final Duration ENOUGH = Duration.ofMillis(FlushGate.REASON_MS + 2_000);

    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final List<Path> mounts = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        for (Path mount : mounts) {
            run("umount", mount.toString());
        }
    }

    @Test
    void theReasonIsOnDiskBeforeTheAct() throws Exception {
        CompletableFuture<Void> flush = new CompletableFuture<>();
        List<String> order = new ArrayList<>();
        CountDownLatch acted = act(new Held(flush), () -> order.add("act"));
        context.runOnContext(ignored -> {
            order.add("flushed");
            flush.complete(null);
        });
        assertThat(acted.await(ENOUGH.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        assertThat(order).containsExactly("flushed", "act");
    }

    @Test
    void aDiskThatHangsDelaysTheActByTheBoundAtMost() throws Exception {
        AtomicInteger acts = new AtomicInteger();
        long before = System.nanoTime();
        CompletableFuture<Void> never = new CompletableFuture<>();
        CountDownLatch acted = act(new Held(never), acts::incrementAndGet);
        assertThat(acted.await(ENOUGH.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(90));
        never.complete(null);
        CountDownLatch later = new CountDownLatch(1);
        context.runOnContext(ignored -> later.countDown());
        assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(acts).as("the late flush does not act once more").hasValue(1);
    }

    @Test
    void aFailedFlushDelaysNothing() throws Exception {
        CountDownLatch acted = act(new Held(CompletableFuture.failedFuture(new IllegalStateException())), () -> {});
        assertThat(acted.await(ENOUGH.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    }

    /** A real journal on a file system without room. */
    @Test
    void aFullDiskDelaysTheActByTheBoundAtMost() throws Exception {
        Path full = Files.createDirectory(directory.resolve("var"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=32k", "none", full.toString()) == 0, "needs root");
        mounts.add(full);
        run("dd", "if=/dev/zero", "of=" + full.resolve("filler"), "bs=1k");
        Journal journal =
                Journal.start(new JournalSpec(full.resolve("journal"), Map.of(), 1 << 20, 2), new JournalAlarm() {
                    @Override
                    public void raised(String code, String text) {}

                    @Override
                    public void cleared(String code) {}
                });
        EventLog log = new EventLog() {
            @Override
            public CompletionStage<Void> append(List<JournalEvent> events, long nowNs) {
                return journal.append(events, nowNs, 0);
            }

            @Override
            public void ticked(long nowNs) {}

            @Override
            public void observed(Observation observation, long nowNs) {}
        };
        CountDownLatch acted = act(log, () -> {});
        assertThat(acted.await(ENOUGH.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        journal.close();
    }

    private CountDownLatch act(EventLog log, Runnable act) {
        CountDownLatch acted = new CountDownLatch(1);
        context.runOnContext(ignored -> {
            FlushGate gate = new FlushGate(vertx, context, log);
            gate.append(List.of(REASON), 1);
            gate.passAnyway(() -> {
                act.run();
                acted.countDown();
            });
        });
        return acted;
    }

    private static int run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor();
    }

    /** FAKE. A journal whose flush ends when the test says so. */
    private record Held(CompletableFuture<Void> flush) implements EventLog {
        @Override
        public CompletionStage<Void> append(List<JournalEvent> events, long nowNs) {
            return flush;
        }

        @Override
        public void ticked(long nowNs) {}

        @Override
        public void observed(Observation observation, long nowNs) {}
    }
}
