package io.quorumfence.agent.effect.ssh;

import io.quorumfence.agent.effect.local.Await;
import io.quorumfence.agent.effect.local.PidBox;
import io.quorumfence.config.SshTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A real OpenSSH server in a PID namespace of its own, on loopback addresses and a free port, with its own keys and one
 * forced command.
 */
final class Sshd implements AutoCloseable {
    private final PidBox box;
    private final Path directory;
    private final int port;

    private Sshd(PidBox box, Path directory, int port) {
        this.box = box;
        this.directory = directory;
        this.port = port;
    }

    static boolean isPossible() {
        return Files.isExecutable(Path.of("/usr/sbin/sshd")) && PidBox.isPossible();
    }

    static Sshd start(Path directory, List<String> addresses) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        key(directory.resolve("host"));
        key(directory.resolve("user"));
        StringBuilder config = new StringBuilder();
        addresses.forEach(address -> config.append("ListenAddress ")
                .append(address)
                .append(':')
                .append(port)
                .append('\n'));
        config.append("HostKey ").append(directory.resolve("host")).append('\n');
        config.append("AuthorizedKeysFile ")
                .append(directory.resolve("authorized"))
                .append('\n');
        config.append("PidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\nUseDNS no\n");
        config.append("PermitRootLogin forced-commands-only\n");
        Files.writeString(directory.resolve("sshd_config"), config.toString());
        PidBox box = PidBox.start("sh -c 'mkdir /run/sshd && exec /usr/sbin/sshd -D -e -f "
                + directory.resolve("sshd_config") + " 2>" + directory.resolve("sshd.log") + "'");
        Await.until("sshd listens", () -> addresses.stream().allMatch(address -> accepts(address, port)));
        return new Sshd(box, directory, port);
    }

    static void key(Path file) throws Exception {
        if (!Files.exists(file)) {
            new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file.toString())
                    .start()
                    .waitFor();
        }
    }

    /** What the user key's holder gets, whatever he asks for. */
    void force(String command) throws IOException {
        String key = Files.readString(directory.resolve("user.pub")).strip();
        Files.writeString(directory.resolve("authorized"), "command=\"" + command + "\",restrict " + key + "\n");
    }

    /** A forced command that is a script. */
    void forceScript(String body) throws IOException {
        force(script("forced", body).toString());
    }

    Path script(String name, String body) throws IOException {
        Path script = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + body + "\n");
        if (!script.toFile().setExecutable(true)) {
            throw new IOException("not executable");
        }
        return script;
    }

    SshTarget target(String... addresses) throws IOException {
        return new SshTarget(List.of(addresses), port, "root", hostKey("host"));
    }

    String hostKey(String name) throws IOException {
        return Files.readString(directory.resolve(name + ".pub")).strip();
    }

    PidBox box() {
        return box;
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        box.close();
    }

    private static boolean accepts(String address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
