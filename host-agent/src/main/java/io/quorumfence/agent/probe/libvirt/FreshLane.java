package io.quorumfence.agent.probe.libvirt;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One daemon thread for one kind of call that may block for ever. At most one call is in flight and one is due: all
 * who ask meanwhile share the one that is due. So an answer is never older than its question, and a hung call costs
 * one thread and no queue.
 */
final class FreshLane<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FreshLane.class);

    private final Supplier<T> work;
    private final Listener<T> listener;
    private final Object lock = new Object();
    private long begun;
    private long wanted;
    private boolean closed;

    FreshLane(String name, Supplier<T> work, Listener<T> listener) {
        this.work = work;
        this.listener = listener;
        Thread thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Asks for a call that starts after this. Returns its number; an answer with this number or a higher
     * one will do.
     */
    long ask() {
        synchronized (lock) {
            wanted = begun + 1;
            lock.notifyAll();
            return wanted;
        }
    }

    /** Lets the thread end as soon as it can; a hung call is left to itself. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }

    private void run() {
        for (long number = take(); number > 0; number = take()) {
            try {
                listener.answered(number, work.get());
            } catch (RuntimeException | LinkageError e) {
                // No answer is an answer: whoever waits gives up in time.
                LOG.error("{} failed", Thread.currentThread().getName(), e);
            }
        }
    }

    /** The number of the call to make now, 0 when there will be none any more. */
    private long take() {
        synchronized (lock) {
            while (wanted <= begun && !closed) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    return 0;
                }
            }
            begun++;
            return closed ? 0 : begun;
        }
    }

    /** Gets every answer, on the lane's thread. */
    @FunctionalInterface
    interface Listener<T> {
        void answered(long number, T answer);
    }
}
