package io.quorumfence.lab.watch;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A daemon thread that looks again and again until it is closed. */
final class Sampler implements AutoCloseable {
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final Thread thread;

    Sampler(String name, Duration period, Runnable look) {
        thread = new Thread(
                () -> {
                    while (open.get()) {
                        long next = System.nanoTime() + period.toNanos();
                        look.run();
                        sleepUntil(next);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void sleepUntil(long nanos) {
        try {
            long left = nanos - System.nanoTime();
            if (left > 0) {
                Thread.sleep(left / 1_000_000, (int) (left % 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        open.set(false);
        try {
            thread.join(3000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
