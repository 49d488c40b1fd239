package io.quorumfence.agent.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a test started and made; ended and removed after it, last first. Also the test's words for processes. */
final class Litter implements AfterEachCallback {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Deque<Cleanup> cleanups = new ArrayDeque<>();

    interface Cleanup {
        void run() throws Exception;
    }

    record Result(int code, String out, String err) {}

    void later(Cleanup cleanup) {
        cleanups.push(cleanup);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        while (!cleanups.isEmpty()) {
            cleanups.pop().run();
        }
    }

    /** A directory in memory, as /run is one. */
    Path memoryDir() throws IOException {
        Path dir = Files.createTempDirectory(Path.of("/dev/shm"), "qf-test-");
        later(() -> delete(dir));
        return dir;
    }

    Process start(String... command) throws IOException {
        return start(new ProcessBuilder(command));
    }

    Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        // A program that hangs must not hang the test: no interrupt ends a read from its pipe, its death does.
        CompletableFuture.delayedExecutor(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .execute(process::destroyForcibly);
        later(() -> {
            process.destroyForcibly();
            process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        });
        return process;
    }

    /** Runs to its end; for programs that answer little. */
    Result run(String... command) throws IOException, InterruptedException {
        Process process = start(command);
        process.getOutputStream().close();
        return end(process);
    }

    static Result end(Process process) throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes());
        String err = new String(process.getErrorStream().readAllBytes());
        return new Result(process.waitFor(), out, err);
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain: " + what);
            }
            Thread.sleep(2);
        }
    }

    /** Waits until this much time has gone by on the monotonic clock. */
    static void awaitElapsed(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        await("time goes by", () -> System.nanoTime() > end);
    }

    static void signal(String name, long pid) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
        if (kill.waitFor() != 0) {
            throw new AssertionError(new String(kill.getErrorStream().readAllBytes()));
        }
    }

    /** Field n (1-based) of /proc/pid/stat, "" if the process is gone. */
    static String stat(long pid, int field) {
        try {
            String text = Files.readString(Path.of("/proc/" + pid + "/stat"));
            List<String> fields =
                    List.of(text.substring(text.lastIndexOf(')') + 2).trim().split(" "));
            return fields.get(field - 3);
        } catch (IOException gone) {
            return "";
        }
    }

    static String state(long pid) {
        return stat(pid, 3);
    }

    /** Gone, or a zombie of a parent that does not care. */
    static boolean ended(long pid) {
        return state(pid).isEmpty() || state(pid).equals("Z");
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
