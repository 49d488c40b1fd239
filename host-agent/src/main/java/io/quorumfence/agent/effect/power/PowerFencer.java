package io.quorumfence.agent.effect.power;

import io.quorumfence.agent.probe.clock.NanoClock;
import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PowerAction;
import io.quorumfence.model.PowerAnswer;
import io.quorumfence.model.command.LocalCommand.EndPower;
import io.quorumfence.model.command.LocalCommand.LookAtPower;
import io.quorumfence.model.command.LocalCommand.RunPower;
import io.quorumfence.model.observation.EffectObservation.PowerAnswered;
import io.quorumfence.model.observation.EffectObservation.PowerChecked;
import io.quorumfence.model.observation.EffectObservation.PowerEnded;
import io.quorumfence.model.observation.EffectObservation.PowerLooked;
import io.quorumfence.model.observation.Observation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks fence devices. Every call returns at once; its end comes as an observation, and only after the last process of
 * it has gone. At the cap nothing is queued: the answer is "not started".
 */
public final class PowerFencer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PowerFencer.class);
    private static final int HOSTS_MAX = 8;
    private static final int DEVICES_MAX = 32;
    private static final long FREE_AGAIN_MS = 200;

    private final PowerSpec spec;
    private final NanoClock clock;
    private final Consumer<Observation> sink;
    private final ExecutorService hosts = pool(HOSTS_MAX, "power-host");
    private final ExecutorService devices = pool(DEVICES_MAX, "power-device");
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, work -> daemon(work, "power-timer"));
    private final Map<FenceToken, HostCall> running = new HashMap<>();
    private final Set<FenceToken> ended = new HashSet<>();

    public PowerFencer(PowerSpec spec, NanoClock clock, Consumer<Observation> sink) {
        this.spec = spec;
        this.clock = clock;
        this.sink = sink;
    }

    private static ExecutorService pool(int most, String name) {
        return new ThreadPoolExecutor(
                0, most, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> daemon(work, name));
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Looks at every device now and every so often; changes nothing. */
    public void start() {
        timer.scheduleWithFixedDelay(
                () -> spec.levels().keySet().forEach(this::look),
                1_000,
                spec.every().toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void look(HostId host) {
        try {
            hosts.execute(() -> sink.accept(new PowerCheck(spec, clock, devices).of(host)));
        } catch (RejectedExecutionException e) {
            LOG.debug("devices of {} not looked at: all threads are busy", host);
        }
    }

    /** Asked because a host fell silent: its devices only, at once. */
    public void look(LookAtPower command) {
        try {
            hosts.execute(() -> {
                PowerChecked seen = new PowerCheck(spec, clock, devices).status(command.host());
                sink.accept(new PowerLooked(command.host(), command.look(), seen.answer(), seen.detail()));
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("devices of {} not asked: all threads are busy", command.host());
        }
    }

    public void run(RunPower command) {
        HostCall call = new HostCall(spec, command.suspect(), devices, clock);
        if (!admit(command, call)) {
            finish(command, new HostCall.Result(PowerAnswer.NOT_STARTED, "its claim is over, or a call is under way"));
            return;
        }
        try {
            hosts.execute(() -> carryOut(command, call));
        } catch (RejectedExecutionException e) {
            leave(command.token());
            finish(command, new HostCall.Result(PowerAnswer.NOT_STARTED, "all threads for power are busy"));
        }
    }

    private synchronized boolean admit(RunPower command, HostCall call) {
        boolean barred = command.action() == PowerAction.OFF && ended.contains(command.token());
        return !barred && running.putIfAbsent(command.token(), call) == null;
    }

    private synchronized void leave(FenceToken token) {
        running.remove(token);
    }

    private void carryOut(RunPower command, HostCall call) {
        HostCall.Result result;
        try {
            result = command.action() == PowerAction.OFF
                    ? call.off(command.notAfterNs(), command.deadlineNs())
                    : call.status(command.deadlineNs());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.stop();
            return; // the process is going away; the next one waits for the lock
        } catch (RuntimeException e) {
            LOG.error("power", e);
            call.stop();
            // Something may have been begun: the lock says when nothing of it is left.
            awaitFree(command.suspect(), () -> {
                leave(command.token());
                finish(
                        command,
                        new HostCall.Result(
                                PowerAnswer.UNKNOWN, "failed: " + e.getClass().getSimpleName()));
            });
            return;
        }
        leave(command.token());
        finish(command, result);
    }

    private void finish(RunPower command, HostCall.Result result) {
        LOG.info(
                "[power suspect={} token={} attempt={}] {}: {}",
                command.suspect(),
                command.token(),
                command.attempt(),
                result.answer(),
                result.words());
        sink.accept(new PowerAnswered(
                command.work(), command.attempt(), command.action(), result.answer(), result.words()));
    }

    /** Kills what this process began for the claim, then waits for the lock, which an earlier process's call holds. */
    public void end(EndPower command) {
        HostCall call;
        synchronized (this) {
            if (command.forGood()) {
                ended.add(command.token());
            }
            call = running.get(command.token());
        }
        if (call != null) {
            call.stop();
        }
        awaitOver(command, call);
    }

    /** A call of this process is over when it says so: one whose helper was killed may go on without the lock. */
    private void awaitOver(EndPower command, @Nullable HostCall call) {
        awaitFree(command.suspect(), () -> {
            if (call != null && isUnderWay(command.token(), call)) {
                timer.schedule(() -> awaitOver(command, call), FREE_AGAIN_MS, TimeUnit.MILLISECONDS);
            } else {
                sink.accept(new PowerEnded(command.token(), command.forGood()));
            }
        });
    }

    private synchronized boolean isUnderWay(FenceToken token, HostCall call) {
        return running.get(token) == call;
    }

    private void awaitFree(HostId host, Runnable then) {
        Thread waiter = daemon(
                () -> {
                    if (isFree(host)) {
                        then.run();
                    } else {
                        timer.schedule(() -> awaitFree(host, then), FREE_AGAIN_MS, TimeUnit.MILLISECONDS);
                    }
                },
                "power-end");
        waiter.start();
    }

    /** Blocks until no process of this host asks that host's devices; false when that could not be told. */
    private boolean isFree(HostId host) {
        ProcessBuilder builder = new ProcessBuilder(
                        spec.program().toString(), "--lock", spec.lockOf(host).toString(), "--free")
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readNBytes(20), StandardCharsets.US_ASCII);
            return process.waitFor() == 0 && said.equals("free\n");
        } catch (IOException e) {
            LOG.error("cannot tell whether a power command is under way: {}", e.getMessage());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        synchronized (this) {
            running.values().forEach(HostCall::stop);
        }
        hosts.shutdownNow();
        devices.shutdown();
    }

    /** For one look by hand. */
    public static PowerChecked lookOnce(PowerSpec spec, HostId host, NanoClock clock) {
        ExecutorService threads = pool(DEVICES_MAX, "power-device");
        try {
            return new PowerCheck(spec, clock, threads).of(host);
        } finally {
            threads.shutdown();
        }
    }
}
