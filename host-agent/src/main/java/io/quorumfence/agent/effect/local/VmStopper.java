package io.quorumfence.agent.effect.local;

import io.quorumfence.agent.probe.clock.NanoClock;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.LocalCommand.StopVms;
import io.quorumfence.model.observation.EffectObservation.VmsStopped;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The self-fence: has the fence helper end every VM of this host and verify it. {@link #stop} returns at once and is
 * answered by VmsStopped no later than its deadline. A helper that needs longer is not stopped, since what it kills
 * shall die: its result then comes as a second VmsStopped. Anything but a verified end is "not verified".
 */
public final class VmStopper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VmStopper.class);
    /** The helper ends by itself within 4 s. */
    private static final long HELPER_LIMIT_S = 10;

    private static final int ANSWER_MAX = 2 << 20;
    private static final VmsStopped NOT_VERIFIED = new VmsStopped(false, List.of());

    private final VmStopperSpec spec;
    private final Supplier<Optional<Incarnation>> life;
    private final NanoClock clock;
    private final Consumer<Observation> sink;
    private final ScheduledThreadPoolExecutor deadlines =
            new ScheduledThreadPoolExecutor(1, work -> daemon(work, "vm-stop-deadline"));
    /** One run, and one that waits: whoever asks in between is served by that one. */
    private final ExecutorService lane = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), work -> daemon(work, "vm-stop"));

    /** @param life the incarnation that stands in the run directory: the helper acts for no other */
    public VmStopper(
            VmStopperSpec spec, Supplier<Optional<Incarnation>> life, NanoClock clock, Consumer<Observation> sink) {
        this.spec = spec;
        this.life = life;
        this.clock = clock;
        this.sink = sink;
    }

    public void stop(StopVms command) {
        AtomicBoolean answered = new AtomicBoolean();
        long leftNs = Math.max(0, command.deadlineNs() - clock.nowNs());
        Future<?> deadline = deadlines.schedule(() -> tellOverdue(answered), leftNs, TimeUnit.NANOSECONDS);
        try {
            lane.execute(() -> {
                VmsStopped result = run(command.spared());
                deadline.cancel(false);
                boolean late = !answered.compareAndSet(false, true);
                LOG.info(
                        "self-fence: verified gone {}, survivors {}, late {}",
                        result.verifiedGone(),
                        result.survivors(),
                        late);
                sink.accept(result);
            });
        } catch (RejectedExecutionException e) {
            LOG.info("self-fence: a run and the next are under way");
        }
    }

    @Override
    public void close() {
        deadlines.shutdownNow();
        lane.shutdown();
    }

    private void tellOverdue(AtomicBoolean answered) {
        if (answered.compareAndSet(false, true)) {
            LOG.error("self-fence: not verified by its deadline; the helper goes on");
            sink.accept(NOT_VERIFIED);
        }
    }

    private VmsStopped run(Set<VmId> spared) {
        Optional<Incarnation> now = life.get();
        if (now.isEmpty()) {
            LOG.error("self-fence: this host has no incarnation");
            return NOT_VERIFIED;
        }
        try {
            HelperAnswer answer = HelperAnswer.read(call(now.get(), spared));
            boolean gone = answer.verdict() == HelperAnswer.Verdict.CONFIRMED_DEAD && answer.isOf(now.get());
            if (!gone) {
                LOG.error("self-fence: {} ({})", answer.verdict(), answer.reason());
            }
            return new VmsStopped(gone, answer.survivors(), spared);
        } catch (IOException | IllegalArgumentException e) {
            LOG.error("self-fence: no result of {}: {}", spec.program(), e.getMessage());
            return NOT_VERIFIED;
        }
    }

    private String call(Incarnation now, Set<VmId> spared) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(spec.command());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.directory(Path.of("/").toFile());
        Process process = builder.start();
        Future<?> limit = deadlines.schedule(process::destroyForcibly, HELPER_LIMIT_S, TimeUnit.SECONDS);
        try {
            String request = "fence v1 boot=" + now.bootId() + " counter=" + now.counter() + " vms=all"
                    + HelperLine.spares(spared) + "\n";
            process.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().close();
            String answer = read(process.getInputStream());
            if (answer.isEmpty()) {
                throw new IOException(read(process.getErrorStream()).strip());
            }
            return answer;
        } finally {
            limit.cancel(false);
            process.destroyForcibly();
        }
    }

    private static String read(InputStream in) throws IOException {
        return new String(in.readNBytes(ANSWER_MAX), StandardCharsets.UTF_8);
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
