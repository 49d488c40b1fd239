package io.quorumfence.agent.effect.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the keeper's process, which outlives the agent. Starting twice is harmless: the second one finds the first
 * and ends. Blocks for at most a few seconds, so it runs on a thread of its own.
 */
final class KeeperStarter {
    private static final Logger LOG = LoggerFactory.getLogger(KeeperStarter.class);
    private static final long START_LIMIT_S = 5;
    private static final int SAID_MAX = 400;

    private final KeeperSpec spec;
    private final AtomicBoolean starting = new AtomicBoolean();
    private volatile String lastFailure = "";

    KeeperStarter(KeeperSpec spec) {
        this.spec = spec;
    }

    /** Starts it on a thread of its own, unless such a start is under way. */
    void startAside() {
        aside(this::startAndReport);
    }

    /**
     * Has the program of this release take over from a keeper that runs another one, on a thread of its own. The one
     * that runs lets go only when its successor is ready: whatever goes wrong before, it goes on.
     */
    void takeOverAside(long pid) {
        aside(() -> takeOver(pid));
    }

    /** Why no keeper could be started, one line; empty when the last start went well. Safe from any thread. */
    String trouble() {
        return lastFailure;
    }

    private void takeOver(long pid) {
        try {
            if (Files.isSameFile(Path.of("/proc/" + pid + "/exe"), spec.program())) {
                return;
            }
        } catch (IOException e) {
            LOG.warn("whether keeper pid {} runs this release's program is unknown: {}", pid, e.toString());
            return;
        }
        try {
            LOG.info("keeper {}, taken over from pid {}", start(spec.takeOverCommand()), pid);
        } catch (IOException e) {
            LOG.warn("{}; keeper pid {} of an earlier release goes on", e.getMessage(), pid);
        }
    }

    private void aside(Runnable work) {
        if (!starting.compareAndSet(false, true)) {
            return;
        }
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } finally {
                        starting.set(false);
                    }
                },
                "keeper-start");
        thread.setDaemon(true);
        thread.start();
    }

    private void startAndReport() {
        try {
            String said = start();
            lastFailure = "";
            LOG.info("keeper {}", said);
        } catch (IOException e) {
            String failure = e.getMessage() + WatchdogHolder.named(String.valueOf(e.getMessage()), Path.of("/proc"));
            if (!failure.equals(lastFailure)) {
                lastFailure = failure;
                LOG.error("{}; this host has no watchdog until it does", failure);
            }
        }
    }

    /** Starts it and returns what it said, one line. */
    String start() throws IOException {
        return start(spec.command());
    }

    private String start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.directory(Path.of("/").toFile());
        builder.redirectErrorStream(true);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            // The pipe ends when the daemon has let go of it, so a daemon that hangs before that is bounded below.
            if (!process.waitFor(START_LIMIT_S, TimeUnit.SECONDS)) {
                throw new IOException("keeper " + spec.program() + " did not start within " + START_LIMIT_S + " s");
            }
            String said = said(process.getInputStream());
            if (process.exitValue() != 0) {
                throw new IOException(
                        "keeper " + spec.program() + " did not start (exit " + process.exitValue() + "): " + said);
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the keeper was starting", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String said(InputStream output) throws IOException {
        byte[] bytes = new byte[SAID_MAX];
        int used = 0;
        // Only what is there already: the daemon may hold the pipe for a moment longer.
        while (output.available() > 0 && used < SAID_MAX) {
            int more = output.read(bytes, used, SAID_MAX - used);
            if (more < 0) {
                break;
            }
            used += more;
        }
        return new String(bytes, 0, used, StandardCharsets.UTF_8).strip().replace('\n', ';');
    }
}
