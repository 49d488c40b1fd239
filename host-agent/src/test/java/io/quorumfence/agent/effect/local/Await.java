package io.quorumfence.agent.effect.local;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread or process does. */
public final class Await {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Await() {}

    public static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited " + LIMIT.toSeconds() + " s in vain: " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    public static <T> T next(BlockingQueue<? extends T> queue) {
        try {
            T item = queue.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (item == null) {
                throw new AssertionError("nothing came within " + LIMIT.toSeconds() + " s");
            }
            return item;
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
