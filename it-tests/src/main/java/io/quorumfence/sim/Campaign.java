package io.quorumfence.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Runs many seeds on some threads; each run is single-threaded and follows from its seed alone. */
final class Campaign {
    /** Every so many seeds one is run twice, and the two must be the same. */
    private static final long TWICE_EVERY = 1_000;

    private final Schedule.Wish wish;
    private final int threads;
    private final Consumer<Run.Result> told;

    /** Failing runs are told at once, on the thread that found them. */
    Campaign(Schedule.Wish wish, int threads, Consumer<Run.Result> told) {
        this.wish = wish;
        this.told = told;
        this.threads = threads;
    }

    /** Seeds {@code from} up to {@code from + seeds}, or fewer when the time is up. */
    Summary run(long from, long seeds, long untilNanoTime) {
        AtomicLong next = new AtomicLong(from);
        List<Summary> parts = new ArrayList<>();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Summary part = new Summary();
            parts.add(part);
            workers.add(new Thread(() -> work(next, from + seeds, untilNanoTime, part), "sim-" + i));
        }
        workers.forEach(Thread::start);
        Summary sum = new Summary();
        try {
            for (Thread worker : workers) {
                worker.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the campaign was interrupted", e);
        }
        parts.forEach(sum::add);
        return sum;
    }

    private void work(AtomicLong next, long end, long untilNanoTime, Summary sum) {
        long seed;
        while ((seed = next.getAndIncrement()) < end && System.nanoTime() - untilNanoTime < 0) {
            sum.add(one(seed));
        }
    }

    private Run.Result one(long seed) {
        Run.Result result = new Run(Schedule.of(seed, wish), false).go();
        if (!result.violations().isEmpty()) {
            told.accept(result);
        }
        if (seed % TWICE_EVERY == 0) {
            Run.Result again = new Run(Schedule.of(seed, wish), false).go();
            if (again.fingerprint() != result.fingerprint()) {
                throw new IllegalStateException("seed " + seed + " ran in two ways");
            }
        }
        return result;
    }
}
