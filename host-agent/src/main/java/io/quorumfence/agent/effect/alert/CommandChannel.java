package io.quorumfence.agent.effect.alert;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program with the JSON on its standard input; exit code 0 is a delivery. It is killed, with its children, when it
 * needs longer than the timeout. No shell, no inherited environment; what it prints is not read.
 */
final class CommandChannel implements AlertChannel {
    private final Vertx vertx;
    private final List<String> command;
    private final long timeoutMs;

    CommandChannel(Vertx vertx, List<String> command, long timeoutMs) {
        this.vertx = vertx;
        this.command = List.copyOf(command);
        this.timeoutMs = timeoutMs;
    }

    @Override
    public String name() {
        return "command";
    }

    @Override
    public Future<Void> attempt(String json) {
        return vertx.executeBlocking(() -> start(json), false).compose(this::ended);
    }

    private Process start(String json) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        Process process = builder.start();
        try {
            // Shorter than a pipe holds, so that a program which reads nothing does not hold this up.
            process.getOutputStream().write(json.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
        } catch (IOException e) {
            // It may have ended without reading; its exit code says how it went.
        }
        return process;
    }

    private Future<Void> ended(Process process) {
        Promise<Void> done = Promise.promise();
        long timer = vertx.setTimer(timeoutMs, id -> {
            // Before the kill: a shell whose child was killed may still end well, and that is no delivery.
            done.tryFail(command.get(0) + ": not done in " + timeoutMs + " ms, killed");
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
        process.onExit().whenComplete((ended, failure) -> {
            vertx.cancelTimer(timer);
            int code = process.exitValue();
            if (code == 0) {
                done.tryComplete();
            } else {
                done.tryFail(command.get(0) + ": exit code " + code);
            }
        });
        return done.future()
                .timeout(2 * timeoutMs + 1_000, TimeUnit.MILLISECONDS)
                .recover(e -> Future.failedFuture(String.valueOf(e.getMessage())));
    }
}
