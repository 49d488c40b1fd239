package io.quorumfence.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventLoopGuardTest {
    @RegisterExtension
    final EventLoopGuard loops = new EventLoopGuard();

    @Test
    void namesThePlaceThatHeldTheEventLoop() throws Exception {
        await(onLoop(() -> holdForNs(TimeUnit.MILLISECONDS.toNanos(400))));

        assertThat(loops.hits()).isNotEmpty().allSatisfy(hit -> assertThat(hit).contains("vert.x-eventloop-thread"));
        assertThat(String.join("\n", loops.hits())).contains("EventLoopGuardTest.holdForNs");
        assertThatThrownBy(loops::failIfHeld).hasMessageContaining("event loop held for more than");
        loops.forget();
    }

    @Test
    void letsWorkersBlock() throws Exception {
        await(loops.vertx().executeBlocking(() -> {
            holdForNs(TimeUnit.MILLISECONDS.toNanos(400));
            return "done";
        }));

        assertThat(loops.hits()).isEmpty();
    }

    private Future<Void> onLoop(Runnable work) {
        Promise<Void> done = Promise.promise();
        loops.vertx().runOnContext(ignored -> {
            work.run();
            done.complete();
        });
        return done.future();
    }

    private static void holdForNs(long lengthNs) {
        long endNs = System.nanoTime() + lengthNs;
        while (System.nanoTime() - endNs < 0) {
            LockSupport.parkNanos(endNs - System.nanoTime());
        }
    }

    private static void await(Future<?> future) throws Exception {
        future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
