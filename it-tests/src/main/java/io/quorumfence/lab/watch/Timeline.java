package io.quorumfence.lab.watch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What happened, in order, on System.nanoTime's clock. Any thread; listeners are called on the noting thread. */
public final class Timeline {
    private final long zeroNs = System.nanoTime();
    private final List<Entry> entries = new ArrayList<>();
    private final List<Consumer<Entry>> listeners = new ArrayList<>();

    /**
     * @param kind what sort of thing, for colours and filters: step, answer, vm, box, agent, claim, lab
     * @param host the host it happened on; empty when on none
     * @param event a short stable name by which scenarios refer to it, such as {@code "h1 stopped writing v1"}
     */
    public record Entry(long atNs, String kind, String host, String event, String detail) {}

    public void note(String kind, String host, String event, String detail) {
        noteAt(System.nanoTime(), kind, host, event, detail);
    }

    public void noteAt(long atNs, String kind, String host, String event, String detail) {
        Entry entry = new Entry(atNs, kind, host, event, detail);
        List<Consumer<Entry>> told;
        synchronized (this) {
            entries.add(entry);
            told = List.copyOf(listeners);
        }
        told.forEach(listener -> listener.accept(entry));
    }

    public synchronized void listen(Consumer<Entry> listener) {
        listeners.add(listener);
    }

    /** Everything so far, by time: some things are noted after they happened. */
    public synchronized List<Entry> entries() {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(Entry::atNs));
        return sorted;
    }

    /** The first entry with this event. */
    public Optional<Entry> first(String event) {
        return entries().stream().filter(entry -> entry.event().equals(event)).findFirst();
    }

    public long zeroNs() {
        return zeroNs;
    }

    /** Seconds since the timeline began. */
    public double seconds(long atNs) {
        return (atNs - zeroNs) / 1e9;
    }
}
