package io.quorumfence.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.model.HostId;
import io.quorumfence.model.event.JournalEvent;
import io.quorumfence.model.observation.Observation;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class FlushGateTest {
    private static final List<JournalEvent> EVENTS =
            List.of(new JournalEvent.SuspicionCleared(new HostId("h2"), "seen"));

    private final BlockingQueue<String> passed = new LinkedBlockingQueue<>();
    private final List<CompletableFuture<Void>> flushes = new ArrayList<>();

    @Test
    void whoWaitsPassesInTheOrderOfTheCalls(Vertx vertx) throws Exception {
        Context loop = vertx.getOrCreateContext();
        FlushGate gate = gate(vertx, loop);
        on(loop, () -> {
            gate.append(EVENTS, 1);
            pass(gate, "first");
            pass(gate, "second");
            gate.append(EVENTS, 2);
            pass(gate, "third");
        });
        on(loop, () -> {
            // Flushed, but those at the gate have not been served yet: nobody overtakes them.
            flushes.get(0).complete(null);
            flushes.get(1).complete(null);
            pass(gate, "fourth");
        });
        assertThat(take(4)).containsExactly("first", "second", "third", "fourth");
        on(loop, () -> pass(gate, "fifth"));
        assertThat(take(1)).containsExactly("fifth");
    }

    @Test
    void aJournalThatFailsRefusesAndOneThatHangsRefusesInTime(Vertx vertx) throws Exception {
        Context loop = vertx.getOrCreateContext();
        FlushGate gate = gate(vertx, loop);
        on(loop, () -> {
            gate.append(EVENTS, 1);
            pass(gate, "failing");
            gate.append(EVENTS, 2);
            pass(gate, "hanging");
            flushes.get(0).completeExceptionally(new IllegalStateException("disk full"));
        });
        assertThat(take(2))
                .containsExactly(
                        "failing refused: the journal could not keep the decision: disk full",
                        "hanging refused: the journal did not flush within " + FlushGate.PATIENCE_MS + " ms");
    }

    private FlushGate gate(Vertx vertx, Context loop) {
        EventLog log = new EventLog() {
            @Override
            public CompletionStage<Void> append(List<JournalEvent> events, long nowNs) {
                CompletableFuture<Void> flush = new CompletableFuture<>();
                flushes.add(flush);
                return flush;
            }

            @Override
            public void ticked(long nowNs) {}

            @Override
            public void observed(Observation observation, long nowNs) {}
        };
        return new FlushGate(vertx, loop, log);
    }

    private void pass(FlushGate gate, String who) {
        gate.pass(() -> passed.add(who), why -> passed.add(who + " refused: " + why));
    }

    private static void on(Context loop, Runnable work) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.runOnContext(ignored -> {
            work.run();
            done.complete(null);
        });
        done.get(10, TimeUnit.SECONDS);
    }

    private List<String> take(int count) throws InterruptedException {
        List<String> taken = new ArrayList<>();
        while (taken.size() < count) {
            String next = passed.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("after %s", taken).isNotNull();
            taken.add(String.valueOf(next));
        }
        return taken;
    }
}
