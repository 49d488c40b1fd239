package io.quorumfence.agent.effect.power;

import io.quorumfence.agent.probe.clock.NanoClock;
import io.quorumfence.model.PowerAction;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call of one fence agent by its standard protocol: lines of name=value on its standard input. Blocks until the
 * call and every process of it are over; {@link #stop} may come from any thread. The secret is read for this call, goes
 * down the pipe, and is kept nowhere.
 */
final class DeviceCall {
    private static final int SECRET_MAX = 4_096;
    private static final long SECRET_SECONDS = 2;

    private final PowerSpec spec;
    private final PowerDevice device;
    private final Path lock;
    private final NanoClock clock;
    private @Nullable Process process;
    private boolean stopped;

    DeviceCall(PowerSpec spec, PowerDevice device, Path lock, NanoClock clock) {
        this.spec = spec;
        this.device = device;
        this.lock = lock;
        this.clock = clock;
    }

    DeviceAnswer run(PowerAction action, long notAfterNs, long deadlineNs) {
        Path agent = spec.agents().resolve(device.agent());
        if (!Files.isExecutable(agent)) {
            return DeviceAnswer.notBegun("no program " + agent);
        }
        Process begun;
        byte[] request;
        try {
            request = request(action);
            begun = begin(agent, notAfterNs, deadlineNs);
        } catch (SecretException e) {
            return DeviceAnswer.notBegun(e.getMessage() == null ? "no secret" : e.getMessage());
        } catch (IOException e) {
            return DeviceAnswer.notBegun("cannot start " + spec.program().getFileName());
        }
        try {
            return DeviceAnswer.of(lineOf(begun, request, deadlineNs));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new DeviceAnswer(DeviceAnswer.Kind.OTHER, "the agent is stopping");
        }
    }

    /**
     * From here on it was begun, whatever happens. A helper that ended without its line was killed, and what it ran may
     * go on without it: that counts as under way until the deadline of the call.
     */
    private String lineOf(Process begun, byte[] request, long deadlineNs) throws InterruptedException {
        String line = "";
        try {
            try (OutputStream to = begun.getOutputStream()) {
                to.write(request);
            } catch (IOException e) {
                // It ended without reading; its line says how.
            } finally {
                java.util.Arrays.fill(request, (byte) 0);
            }
            line = new String(begun.getInputStream().readNBytes(100), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            line = "";
        }
        begun.waitFor();
        for (long leftNs = deadlineNs - clock.nowNs(); line.isEmpty() && leftNs > 0; ) {
            TimeUnit.NANOSECONDS.sleep(leftNs);
            leftNs = deadlineNs - clock.nowNs();
        }
        return line;
    }

    private synchronized Process begin(Path agent, long notAfterNs, long deadlineNs) throws IOException {
        if (stopped) {
            throw new IOException("stopped");
        }
        ProcessBuilder builder = new ProcessBuilder(
                        spec.program().toString(),
                        "--lock",
                        lock.toString(),
                        "--not-after",
                        Long.toString(notAfterNs),
                        "--deadline",
                        Long.toString(deadlineNs),
                        "--",
                        agent.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .directory(Path.of("/").toFile());
        builder.environment().clear();
        process = builder.start();
        return process;
    }

    /** SIGTERM: it kills every process of the call and then ends. A kill of itself would leave orphans. */
    synchronized void stop() {
        stopped = true;
        if (process != null) {
            // Not Process.destroy: that closes the streams, and the line is lost.
            process.toHandle().destroy();
        }
    }

    private byte[] request(PowerAction action) throws SecretException {
        StringBuilder lines = new StringBuilder("action=" + (action == PowerAction.OFF ? "off" : "status") + "\n");
        for (Map.Entry<String, String> one : device.parameters().entrySet()) {
            lines.append(one.getKey()).append('=').append(one.getValue()).append('\n');
        }
        if (device.hasSecret()) {
            lines.append(device.secretName()).append('=').append(secret()).append('\n');
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    private String secret() throws SecretException {
        try {
            String text = device.secretFile().isPresent()
                    ? first(Files.readAllBytes(device.secretFile().get()))
                    : ofCommand(device.secretCommand());
            if (text.isEmpty()) {
                throw new SecretException("its secret is empty");
            }
            return text;
        } catch (IOException e) {
            throw new SecretException(device.secretFile()
                    .map(file -> "its secret cannot be read from " + file)
                    .orElse("its secret's command failed"));
        }
    }

    private static String first(byte[] bytes) throws IOException {
        if (bytes.length > SECRET_MAX) {
            throw new IOException("too long");
        }
        return new String(bytes, StandardCharsets.UTF_8).lines().findFirst().orElse("");
    }

    private static String ofCommand(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(SECRET_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("no secret");
            }
            return first(process.getInputStream().readNBytes(SECRET_MAX));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Says why, and never what. */
    private static final class SecretException extends Exception {
        private static final long serialVersionUID = 1;

        SecretException(String why) {
            super(why);
        }
    }
}
