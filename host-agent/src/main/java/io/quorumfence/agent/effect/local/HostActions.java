package io.quorumfence.agent.effect.local;

import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.command.LocalCommand.ActOnHost;
import io.quorumfence.model.observation.EffectObservation.HostActed;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deeds of the self-fence on the host itself: the reboot's own trigger, an orderly shutdown, a restart of the
 * agent. {@link #act} returns at once and is answered by HostActed. Nothing rests on a deed: the watchdog does not wait
 * for it, and a program that still runs at its deadline is killed.
 */
public final class HostActions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostActions.class);
    private static final long LEAST_MS = 1_000;

    /**
     * What each deed is.
     *
     * @param sysrq the file that resets the kernel when a b is written to it; empty: it is left to the watchdog
     * @param reboot command of a reboot; empty for none
     */
    public record Spec(Optional<Path> sysrq, List<String> reboot, List<String> graceful, List<String> restart) {
        public Spec {
            reboot = List.copyOf(reboot);
            graceful = List.copyOf(graceful);
            restart = List.copyOf(restart);
        }
    }

    private final Spec spec;
    private final java.util.function.LongSupplier clockNs;
    private final Consumer<Observation> sink;
    private final ExecutorService lane =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), work -> {
                Thread thread = new Thread(work, "host-action");
                thread.setDaemon(true);
                return thread;
            });

    public HostActions(Spec spec, java.util.function.LongSupplier clockNs, Consumer<Observation> sink) {
        this.spec = spec;
        this.clockNs = clockNs;
        this.sink = sink;
    }

    public void act(ActOnHost command) {
        try {
            lane.execute(() -> sink.accept(done(command)));
        } catch (RejectedExecutionException e) {
            LOG.info("self-fence: a deed and the next are under way");
        }
    }

    private HostActed done(ActOnHost command) {
        SelfFenceAction action = command.action();
        LOG.warn("self-fence: {} begins", action.word());
        try {
            return new HostActed(action, true, carryOut(command));
        } catch (IOException e) {
            LOG.error("self-fence: {} did not begin: {}", action.word(), e.getMessage());
            return new HostActed(action, false, String.valueOf(e.getMessage()));
        }
    }

    private String carryOut(ActOnHost command) throws IOException {
        return switch (command.action()) {
            case REBOOT -> reboot(command);
            case GRACEFUL_REBOOT -> run(spec.graceful, command.deadlineNs());
            case RESTART_AGENT -> run(spec.restart, command.deadlineNs());
            default -> throw new IOException("nothing is to be done on the host for it");
        };
    }

    private String reboot(ActOnHost command) throws IOException {
        if (spec.sysrq.isPresent()) {
            Files.write(spec.sysrq.get(), "b".getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
            return "wrote b to " + spec.sysrq.get();
        }
        return spec.reboot.isEmpty() ? "left to the watchdog" : run(spec.reboot, command.deadlineNs());
    }

    private String run(List<String> argv, long deadlineNs) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(argv)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        Process process = builder.start();
        long leftMs = Math.max(LEAST_MS, TimeUnit.NANOSECONDS.toMillis(deadlineNs - clockNs.getAsLong()));
        try {
            process.getOutputStream().close();
            if (process.waitFor(leftMs, TimeUnit.MILLISECONDS)) {
                if (process.exitValue() != 0) {
                    throw new IOException(argv.get(0) + ": exit code " + process.exitValue());
                }
                return argv.get(0) + " done";
            }
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new IOException(argv.get(0) + ": not done in " + leftMs + " ms, killed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(argv.get(0) + ": interrupted", e);
        }
    }

    @Override
    public void close() {
        lane.shutdown();
    }
}
