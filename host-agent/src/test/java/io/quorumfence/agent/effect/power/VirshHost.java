package io.quorumfence.agent.effect.power;

import io.quorumfence.agent.effect.local.Await;
import io.quorumfence.agent.effect.local.PidBox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A hypervisor above: a real libvirtd with one domain of real QEMU, and a real sshd, in a box of their own. What
 * fence_virsh takes for a host's power is that domain.
 */
final class VirshHost implements AutoCloseable {
    static final String DOMAIN = "kvm3";

    private final PidBox box;
    private final Path directory;
    private final int port;

    private VirshHost(PidBox box, Path directory, int port) {
        this.box = box;
        this.directory = directory;
        this.port = port;
    }

    static boolean isPossible() {
        return List.of("/usr/sbin/fence_virsh", "/usr/sbin/libvirtd", "/usr/bin/virsh", "/usr/sbin/sshd").stream()
                        .allMatch(program -> Files.isExecutable(Path.of(program)))
                && Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64"))
                && PidBox.isPossible();
    }

    static VirshHost start(Path directory) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        key(directory.resolve("host"));
        key(directory.resolve("user"));
        Files.copy(directory.resolve("user.pub"), directory.resolve("authorized"));
        Files.writeString(
                directory.resolve("sshd_config"),
                "ListenAddress 127.0.0.1:" + port + "\nHostKey " + directory.resolve("host") + "\nAuthorizedKeysFile "
                        + directory.resolve("authorized")
                        + "\nPidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\nUseDNS no\n"
                        + "PermitRootLogin prohibit-password\n");
        Files.writeString(
                directory.resolve("domain.xml"),
                "<domain type='qemu'><name>" + DOMAIN + "</name><memory unit='MiB'>16</memory><vcpu>1</vcpu>"
                        + "<os><type arch='x86_64'>hvm</type></os></domain>\n");
        Path script = Files.writeString(
                directory.resolve("box"),
                "for d in /var/lib/libvirt /etc/libvirt /var/cache/libvirt /var/log/libvirt; do\n"
                        + "  mount -t tmpfs none $d || exit 1\ndone\nmkdir -p /run/sshd\n"
                        + "printf 'user=\"root\"\\ngroup=\"root\"\\ncgroup_controllers=[]\\n"
                        + "security_driver=\"none\"\\nremember_owner=0\\nstdio_handler=\"file\"\\n'"
                        + " > /etc/libvirt/qemu.conf\n"
                        + "printf 'auth_unix_rw=\"none\"\\n' > /etc/libvirt/libvirtd.conf\n"
                        + "/usr/sbin/libvirtd 2>" + directory.resolve("libvirtd.log") + " &\n"
                        + "exec /usr/sbin/sshd -D -e -f " + directory.resolve("sshd_config") + " 2>"
                        + directory.resolve("sshd.log") + "\n");
        PidBox box = PidBox.start("sh " + script);
        VirshHost host = new VirshHost(box, directory, port);
        Await.until("libvirtd answers", () -> host.virsh("list").isPresent());
        host.virsh("define", directory.resolve("domain.xml").toString());
        host.power(true);
        return host;
    }

    private static void key(Path file) throws Exception {
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file.toString())
                .start()
                .waitFor();
    }

    private Optional<String> virsh(String... words) {
        String[] command = new String[words.length + 3];
        command[0] = "virsh";
        command[1] = "-c";
        command[2] = "qemu:///system";
        System.arraycopy(words, 0, command, 3, words.length);
        try {
            Process process = new ProcessBuilder(box.command(command)).start();
            String said = new String(process.getInputStream().readAllBytes());
            return process.waitFor() == 0 ? Optional.of(said.strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    void power(boolean on) {
        virsh(on ? "start" : "destroy", DOMAIN);
    }

    boolean isOn() {
        return virsh("domstate", DOMAIN).filter("running"::equals).isPresent();
    }

    /** @param others in place of what the device really needs */
    PowerDevice device(Map<String, String> others) {
        Map<String, String> parameters = new HashMap<>(Map.of(
                "ip",
                "127.0.0.1",
                "ipport",
                Integer.toString(port),
                "username",
                "root",
                "identity_file",
                directory.resolve("user").toString(),
                "plug",
                DOMAIN,
                // The program's own, and the account's file of known hosts left alone.
                "ssh_options",
                "-o UserKnownHostsFile=/dev/null -t '/bin/bash -c \"PS1=\\[EXPECT\\]# /bin/bash --noprofile"
                        + " --norc\"'"));
        parameters.putAll(others);
        return new PowerDevice("fence_virsh", parameters, "password", Optional.empty(), List.of());
    }

    @Override
    public void close() {
        box.close();
    }
}
