package io.quorumfence.agent.probe.libvirt;

import io.quorumfence.model.command.LocalCommand.ListVms;
import io.quorumfence.model.observation.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which VMs run on this host: at each poll, soon after something happened to one, and when asked. The two
 * sources are asked on a lane each; this class's own thread only waits for them, never longer than a round may take,
 * and hands out the list. A list that lacks a source's answer is incomplete, and an incomplete one proves nothing.
 */
public final class VmWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VmWatch.class);
    /** A question is answered within 1.5 s; this leaves room for a busy machine. */
    private static final Duration ROUND_LIMIT = Duration.ofMillis(1400);

    private static final Duration GATHER_EVENTS = Duration.ofMillis(50);

    private final Consumer<Observation> sink;
    private final ScheduledThreadPoolExecutor clockwork;
    private final FreshLane<ProcessScan> processes;
    private final FreshLane<DomainList> domains;
    private final AtomicBoolean eventPending = new AtomicBoolean();
    private final VmMerge merge = new VmMerge();
    private final List<Round> open = new ArrayList<>();
    private volatile String note = "";

    private VmWatch(VmWatchSpec spec, Consumer<Observation> sink) {
        this.sink = sink;
        this.clockwork = new ScheduledThreadPoolExecutor(1, VmWatch::thread);
        processes = new FreshLane<>(
                "vm-processes",
                new ProcessTable(spec.proc(), spec.names())::scan,
                (number, scan) -> execute(() -> scanned(number, scan)));
        domains = new FreshLane<>(
                spec.driver() == VmWatchSpec.Driver.LIBVIRT ? "libvirt" : "no-libvirt",
                spec.driver() == VmWatchSpec.Driver.LIBVIRT
                        ? new LibvirtLink(spec.uri(), this::somethingHappened)::list
                        : () -> DomainList.NOT_ASKED,
                (number, list) -> execute(() -> listed(number, list)));
    }

    /**
     * Starts watching.
     *
     * @param sink gets every list, on this watch's thread
     */
    public static VmWatch start(VmWatchSpec spec, Consumer<Observation> sink) {
        VmWatch watch = new VmWatch(spec, sink);
        watch.execute(() -> watch.pollEvery(spec.poll().toMillis()));
        return watch;
    }

    /** Answers by VmsListed with the same question, from sources asked after this call. Returns at once. */
    public void list(ListVms command) {
        execute(() -> begin(command.question()));
    }

    /** One line on what keeps the list from being complete; empty when nothing does. */
    public String note() {
        return note;
    }

    @Override
    public void close() {
        clockwork.shutdownNow();
        processes.close();
        domains.close();
    }

    private void pollEvery(long pollMs) {
        later(() -> pollEvery(pollMs), pollMs);
        begin(0);
    }

    /** Events come in bursts, and a list made once after them says as much. */
    private void somethingHappened() {
        if (eventPending.compareAndSet(false, true)) {
            later(
                    () -> {
                        eventPending.set(false);
                        begin(0);
                    },
                    GATHER_EVENTS.toMillis());
        }
    }

    private void begin(long question) {
        Round round = new Round(question, processes.ask(), domains.ask());
        open.add(round);
        later(() -> finish(round), ROUND_LIMIT.toMillis());
    }

    private void scanned(long number, ProcessScan scan) {
        merge.remember(scan);
        for (Round round : List.copyOf(open)) {
            if (number >= round.scanNumber && round.scan.isEmpty()) {
                round.scan = Optional.of(scan);
                finishIfAnswered(round);
            }
        }
    }

    private void listed(long number, DomainList list) {
        merge.remember(list);
        for (Round round : List.copyOf(open)) {
            if (number >= round.listNumber && round.list.isEmpty()) {
                round.list = Optional.of(list);
                finishIfAnswered(round);
            }
        }
    }

    private void finishIfAnswered(Round round) {
        if (round.scan.isPresent() && round.list.isPresent()) {
            finish(round);
        }
    }

    private void finish(Round round) {
        if (open.remove(round)) {
            tellTrouble(round);
            sink.accept(merge.merge(round.scan, round.list, round.question));
        }
    }

    private void tellTrouble(Round round) {
        String ofScan = round.scan.map(ProcessScan::note).orElse("the process table does not answer");
        String ofList = round.list.map(DomainList::note).orElse("libvirt does not answer");
        String now = ofScan.isEmpty() || ofList.isEmpty() ? ofScan + ofList : ofScan + "; " + ofList;
        if (!now.equals(note)) {
            note = now;
            LOG.info("VM list: {}", now.isEmpty() ? "complete again" : now);
        }
    }

    private void execute(Runnable work) {
        later(work, 0);
    }

    private void later(Runnable work, long delayMs) {
        try {
            Future<?> unused = clockwork.schedule(guarded(work), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("VM watch is closed");
        }
    }

    /** A failure in one round must neither vanish nor stop the next. */
    private static Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.error("VM watch", e);
            }
        };
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "vm-watch");
        thread.setDaemon(true);
        return thread;
    }

    /** One list in the making; lives on the watch's thread. */
    private static final class Round {
        private final long question;
        private final long scanNumber;
        private final long listNumber;
        private Optional<ProcessScan> scan = Optional.empty();
        private Optional<DomainList> list = Optional.empty();

        Round(long question, long scanNumber, long listNumber) {
            this.question = question;
            this.scanNumber = scanNumber;
            this.listNumber = listNumber;
        }
    }
}
