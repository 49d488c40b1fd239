package io.quorumfence.agent.probe.libvirt;

import io.quorumfence.agent.effect.local.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real libvirtd in a mount and a network namespace of its own, reached by a socket in the test's directory. */
final class PrivateLibvirtd implements AutoCloseable {
    private static final Path DAEMON = Path.of("/usr/sbin/libvirtd");

    private final Process process;
    private final Path socket;

    private PrivateLibvirtd(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    static boolean isPossible() {
        try {
            return Files.isExecutable(DAEMON)
                    && new ProcessBuilder("unshare", "-m", "-n", "mount", "-t", "tmpfs", "none", "/run")
                                    .redirectErrorStream(true)
                                    .start()
                                    .waitFor()
                            == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static PrivateLibvirtd start(Path directory) throws IOException {
        Path conf = directory.resolve("libvirtd.conf");
        Files.writeString(conf, """
                auth_unix_rw = "none"
                auth_unix_ro = "none"
                unix_sock_dir = "%s"
                log_outputs = "3:stderr"
                """.formatted(directory));
        // Its own /run, state and configuration: nothing of it meets a libvirtd of the machine.
        String script = "for d in /run /var/lib/libvirt /etc/libvirt /var/cache/libvirt; do"
                + " mkdir -p $d; mount -t tmpfs none $d || exit 1; done; exec " + DAEMON + " -f " + conf + " -p "
                + directory.resolve("libvirtd.pid");
        Process process = new ProcessBuilder("unshare", "-m", "-n", "sh", "-c", script)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("libvirtd.log").toFile())
                .start();
        Path socket = directory.resolve("libvirt-sock");
        PrivateLibvirtd started = new PrivateLibvirtd(process, socket);
        Await.until("libvirtd listens", () -> Files.exists(socket));
        return started;
    }

    /** libvirt's test driver behind this daemon: a real connection, and no qemu. */
    String testUri() {
        return "test+unix:///default?socket=" + socket;
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        Files.deleteIfExists(socket);
    }
}
