package io.quorumfence.agent.effect.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A PID and mount namespace of its own: whoever is told to kill every VM in there finds only the test's. All in it dies
 * with {@link #close}.
 */
public final class PidBox implements AutoCloseable {
    private final Process outer;
    private final long init;

    private PidBox(Process outer, long init) {
        this.outer = outer;
        this.init = init;
    }

    /** Whether this machine lets the test make one. */
    public static boolean isPossible() {
        try (PidBox box = start("sleep 60")) {
            return box.init > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Starts a box whose first process is the script, on a private /run. */
    public static PidBox start(String script) throws IOException {
        Process outer = new ProcessBuilder(
                        "unshare",
                        "-p",
                        "-f",
                        "-m",
                        "--mount-proc",
                        "--kill-child",
                        "sh",
                        "-c",
                        "mount -t tmpfs none /run && echo up && exec " + script)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (outer.getInputStream().read() < 0) {
            throw new IOException("no PID namespace is to be had here");
        }
        return new PidBox(outer, outer.children().findFirst().orElseThrow().pid());
    }

    /** A command that runs in the box. */
    public List<String> command(String... words) {
        List<String> command = new ArrayList<>(List.of("nsenter", "-t", Long.toString(init), "-p", "-m"));
        command.addAll(List.of(words));
        return command;
    }

    /** A path of the box's, seen from outside. */
    public Path path(String inside) {
        return Path.of("/proc/" + init + "/root" + inside);
    }

    /** What is mounted in the box, in the form of /proc/mounts. */
    public String mounts() throws IOException {
        return Files.readString(Path.of("/proc/" + init + "/mounts"));
    }

    /** A fake qemu in the box; lives as long as its standard input is open. */
    public Process vm(Path program, String uuid) throws IOException {
        Process process =
                new ProcessBuilder(command(program.toString(), "-c", "echo up; read -r line", "-uuid", uuid)).start();
        process.getInputStream().read();
        return process;
    }

    /** Signals the box's first process. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(init)).start().waitFor();
    }

    public static boolean endsSoon(Process process) throws InterruptedException {
        return process.waitFor(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        ProcessHandle.of(init).ifPresent(ProcessHandle::destroyForcibly);
        outer.destroyForcibly();
        outer.onExit().join();
    }
}
