package io.quorumfence.lab.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Lays out a lab's directory: what box.sh needs, the disks of every box, keys, the product's configuration. */
final class LabFiles {
    private static final List<String> DISKS = List.of(
            "etc-libvirt", "etc-ssh", "etc-quorumfence", "var-lib-libvirt", "var-cache-libvirt", "var-lib-quorumfence");

    private final LabPlan plan;
    private final Checkout checkout;
    private final Path dir;
    private final Path cgroup;

    LabFiles(LabPlan plan, Checkout checkout, Path dir, Path cgroup) {
        this.plan = plan;
        this.checkout = checkout;
        this.dir = dir;
        this.cgroup = cgroup;
    }

    /** Everything but the guest's image, which takes its time and is made beside it. */
    void write() {
        try {
            layOut();
            CellKeys keys = CellKeys.withSsh(dir.resolve("keys"));
            Map<String, String> hostKeys = new HashMap<>();
            for (String host : plan.hosts()) {
                hostKeys.put(host, keys.sshKey(disk(host, "etc-ssh").resolve("host_key")));
            }
            AgentFiles product = new AgentFiles(plan, hostKeys);
            for (String host : plan.hosts()) {
                libvirt(host);
                ssh(host, CellKeys.publicHalf(keys.sshKey()));
                agent(host, keys, product);
            }
            Path tls = dir.resolve("tls");
            keys.certify("coordinator-lab", tls, "coordinator-lab");
            Files.copy(keys.authorityCertificate(), tls.resolve("ca.pem"));
            for (int n = 1; n <= plan.coordinators(); n++) {
                coordinator(n, keys, product);
            }
        } catch (IOException e) {
            throw new LabException("cannot lay out the lab in " + dir + ": " + e.getMessage(), e);
        }
    }

    /** What makes the directory a lab that can be taken down; written before anything else is made. */
    void writeIdentity() {
        try {
            Files.createDirectories(dir.getParent());
            Files.createDirectory(
                    dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.writeString(
                    dir.resolve("lab.env"),
                    "ID=" + plan.id() + "\nCGROUP=" + cgroup + "\nNATIVE=" + checkout.labPrograms() + "\nSCRIPTS="
                            + checkout.scripts() + "\nBOOT_SECONDS="
                            + plan.bootDelay().toMillis() / 1000.0 + "\n");
        } catch (IOException e) {
            throw new LabException("cannot make the lab's directory " + dir + ": " + e.getMessage(), e);
        }
    }

    private void layOut() throws IOException {
        for (LabPlan.Storage storage : plan.storages()) {
            Files.createDirectories(dir.resolve("storage").resolve(storage.id()));
        }
        Files.createDirectories(dir.resolve("storage/vm"));
        for (String vm : plan.vms()) {
            VmFiles.makeDisk(dir.resolve("storage/vm").resolve(vm + ".raw"));
        }
        Files.createDirectories(dir.resolve("guest"));
        String names = plan.hosts().stream()
                .map(host -> AgentFiles.address(host, 1) + " " + host + "\n")
                .collect(Collectors.joining());
        Files.writeString(dir.resolve("hosts"), "127.0.0.1 localhost\n" + names);
        for (String host : plan.hosts()) {
            for (String disk : DISKS) {
                Files.createDirectories(disk(host, disk));
            }
            Files.createDirectories(box(host).resolve("ctl"));
            Files.createDirectories(box(host).resolve("log"));
            boxSettings(host);
        }
    }

    private void boxSettings(String host) throws IOException {
        String directories = plan.storages().stream()
                .filter(storage -> storage.kind() == LabPlan.Storage.Kind.DIRECTORY)
                .map(LabPlan.Storage::id)
                .collect(Collectors.joining(" "));
        Files.writeString(
                box(host).resolve("box.env"),
                String.format(
                        Locale.ROOT,
                        "INDEX=%d%nWATCHDOG_MS=%d%nWATCHDOG_ACTION=%s%nSTORAGES='%s'%nBLOCK_DEVICES='%s'%n",
                        LabPlan.indexOf(host),
                        plan.watchdogMs(host),
                        plan.watchdogAction(),
                        directories,
                        blockDevices()));
    }

    private String blockDevices() throws IOException {
        StringBuilder devices = new StringBuilder();
        for (LabPlan.Storage storage : plan.storages()) {
            Path link = dir.resolve("storage").resolve(storage.id()).resolve("device");
            if (storage.kind() == LabPlan.Storage.Kind.BLOCK && Files.exists(link)) {
                devices.append(storage.id())
                        .append('=')
                        .append(Files.readString(link).strip())
                        .append(' ');
            }
        }
        return devices.toString().strip();
    }

    private void libvirt(String host) throws IOException {
        Path etc = disk(host, "etc-libvirt");
        Files.writeString(etc.resolve("libvirtd.conf"), """
                auth_unix_rw = "none"
                auth_unix_ro = "none"
                unix_sock_group = "root"
                listen_tls = 0
                listen_tcp = 1
                auth_tcp = "none"
                tcp_port = "16509"
                log_outputs = "3:file:/var/log/qf/libvirtd.log"
                """);
        Files.writeString(etc.resolve("qemu.conf"), """
                stdio_handler = "file"
                user = "root"
                group = "root"
                security_driver = "none"
                remember_owner = 0
                namespaces = []
                cgroup_controllers = []
                """);
        // As the package installs it: it lets everything pass until an agent asks for more.
        Path hooks = Files.createDirectories(etc.resolve("hooks"));
        Files.createSymbolicLink(
                hooks.resolve("qemu"), checkout.hostPrograms().toAbsolutePath().resolve("qf-hook"));
    }

    /** Siblings may run one program here, the fence helper, and nothing else. */
    private void ssh(String host, String siblingsKey) throws IOException {
        Path etc = disk(host, "etc-ssh");
        Files.writeString(etc.resolve("sshd_config"), """
                Port 22
                HostKey /etc/ssh/host_key
                AuthorizedKeysFile /etc/ssh/authorized_keys
                PermitRootLogin forced-commands-only
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                UsePAM no
                UseDNS no
                LogLevel VERBOSE
                PidFile /run/sshd.pid
                """);
        Path helper = checkout.hostPrograms().resolve("qf-fence-helper");
        CellKeys.secret(etc.resolve("authorized_keys"), "command=\"" + helper + "\",restrict " + siblingsKey + "\n");
    }

    private void agent(String host, CellKeys keys, AgentFiles product) throws IOException {
        Path etc = disk(host, "etc-quorumfence");
        Files.writeString(etc.resolve("agent.yaml"), product.agent(host));
        CellKeys.secret(etc.resolve("mac.key"), Files.readString(keys.macKey()));
        CellKeys.secret(etc.resolve("ssh.key"), Files.readString(keys.sshKey()));
        CellKeys.secret(etc.resolve("bmc"), Bmcs.SECRET + "\n");
        keys.certify(host, etc.resolve("tls"), "host");
        Files.copy(keys.authorityCertificate(), etc.resolve("tls/ca.pem"));
    }

    private void coordinator(int number, CellKeys keys, AgentFiles product) throws IOException {
        Path home = dir.resolve("coord" + number);
        String name = number == 1 ? "coordinator" : "coordinator" + number;
        keys.certify(name, home, name);
        Files.copy(keys.authorityCertificate(), home.resolve("ca.pem"));
        Files.writeString(
                home.resolve("coordinator.yaml"),
                product.coordinator(
                        home.toString(), name, home.resolve("history.db").toString()));
    }

    private Path box(String host) {
        return dir.resolve("boxes").resolve(host);
    }

    private Path disk(String host, String which) {
        return box(host).resolve("disk").resolve(which);
    }
}
