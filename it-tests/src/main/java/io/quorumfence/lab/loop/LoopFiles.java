package io.quorumfence.lab.loop;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quorumfence.lab.ground.AgentFiles;
import io.quorumfence.lab.ground.CellKeys;
import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.ground.LabPlan;
import io.quorumfence.lab.ground.VmFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lays out a loopback cell: one directory for its disks, keys and configuration, one on tmpfs for the hosts' run
 * directories. Both belong to the user and are removed with the cell.
 */
final class LoopFiles {
    private static final ObjectMapper YAML = new YAMLMapper();
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String PREFIX = "qf-loop-";

    private final LabPlan plan;
    private final LoopAddresses addresses;
    private final Checkout checkout;
    private final Path dir;
    private final Path runs;

    LoopFiles(LabPlan plan, LoopAddresses addresses, Checkout checkout) {
        this.plan = plan;
        this.addresses = addresses;
        this.checkout = checkout;
        this.dir =
                Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath().resolve(PREFIX + plan.id());
        this.runs = SHARED_MEMORY.resolve(PREFIX + plan.id());
    }

    /** The directories that hold all of it; they exist from here on and are nobody else's. */
    List<Path> make() {
        for (Path fresh : List.of(dir, runs)) {
            try {
                Files.createDirectory(
                        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (IOException e) {
                throw new LabException("cannot make " + fresh + ": " + e, e);
            }
        }
        return List.of(dir, runs);
    }

    void write() {
        try {
            CellKeys keys = CellKeys.make(dir.resolve("keys"));
            for (LabPlan.Storage storage : plan.storages()) {
                Files.createDirectories(dir.resolve("storage").resolve(storage.id()));
            }
            Files.createDirectories(dir.resolve("storage/vm"));
            for (String vm : plan.vms()) {
                VmFiles.makeDisk(disk(vm));
            }
            for (String host : plan.hosts()) {
                host(host, keys);
            }
            identity("coordinator-lab", tls(), "coordinator-lab", keys);
            coordinator(keys);
        } catch (IOException e) {
            throw new LabException("cannot lay out the loopback cell in " + dir + ": " + e, e);
        }
    }

    Path host(String host) {
        return dir.resolve(host);
    }

    Path coordinator() {
        return dir.resolve("coordinator");
    }

    Path tls() {
        return dir.resolve("tls");
    }

    Path disk(String vm) {
        return dir.resolve("storage/vm").resolve(vm + ".raw");
    }

    /** A VM's program has a name of its own on each host: by it the agents of one machine tell their VMs apart. */
    Path vmProgram(String host) {
        return host(host).resolve(LoopCell.VM_PROGRAM + host + "-" + plan.id());
    }

    private void host(String host, CellKeys keys) throws IOException {
        Path home = host(host);
        Files.createDirectories(home.resolve("log"));
        Files.createDirectories(home.resolve("journal"));
        Files.copy(checkout.labPrograms().resolve("qf-loopvm"), vmProgram(host));
        CellKeys.secret(home.resolve("mac.key"), Files.readString(keys.macKey()));
        identity(host, home.resolve("tls"), "host", keys);
        YAML.writeValue(home.resolve("agent.yaml").toFile(), AgentFiles.merge(agent(host), plan.settings()));
    }

    private static void identity(String name, Path into, String file, CellKeys keys) throws IOException {
        keys.certify(name, into, file);
        Files.copy(keys.authorityCertificate(), into.resolve("ca.pem"));
    }

    private Map<String, Object> agent(String host) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("cell", cell());
        file.put("host", host);
        file.put("profile", plan.profile().name().toLowerCase(Locale.ROOT));
        file.put(
                "watchdog",
                Map.of(
                        "kind",
                        "fifo-lab",
                        "device",
                        host(host).resolve("watchdog").toString()));
        file.put("run", runs.resolve(host).toString());
        file.put("journal", host(host).resolve("journal").toString());
        // The first plane is the cluster's too: it wants to know its own address, which behind a relay it does not.
        file.put("planes", List.of("storage", "management"));
        file.put(
                "members",
                plan.hosts().stream().map(member -> member(host, member)).toList());
        file.put("storages", plan.storages().stream().map(this::storage).toList());
        file.put(
                "ports",
                Map.of(
                        "http", LoopAddresses.HTTP,
                        "datagram", LoopAddresses.DATAGRAM,
                        "cluster", LoopAddresses.CLUSTER));
        file.put(
                "security",
                Map.of(
                        "macKeyFile", host(host).resolve("mac.key").toString(),
                        "tls", identity(host(host).resolve("tls"), "host")));
        file.put(
                "libvirt",
                Map.of(
                        "driver", "process",
                        "accept", "loopback-demo",
                        "program", String.valueOf(vmProgram(host).getFileName()),
                        "poll", "500ms"));
        return file;
    }

    private Map<String, Object> member(String observer, String host) {
        String management = observer.equals(host) ? addresses.management(host) : addresses.relayed(observer, host);
        return Map.of("host", host, "addresses", Map.of("management", management, "storage", addresses.storage(host)));
    }

    private Map<String, Object> storage(LabPlan.Storage storage) {
        Path file = dir.resolve("storage").resolve(storage.id()).resolve("quorumfence.cell");
        return Map.of("id", storage.id(), "path", file.toString());
    }

    private static Map<String, Object> identity(Path tls, String name) {
        return Map.of(
                "ca", tls.resolve("ca.pem").toString(),
                "certificate", tls.resolve(name + ".pem").toString(),
                "key", tls.resolve(name + ".key").toString());
    }

    private void coordinator(CellKeys keys) throws IOException {
        Path home = coordinator();
        Files.createDirectories(home.resolve("log"));
        identity("coordinator", home, "coordinator", keys);
        List<Map<String, Object>> agents = new ArrayList<>();
        for (String host : plan.hosts()) {
            agents.add(Map.of("host", host, "url", "https://" + addresses.relayed(host) + ":" + LoopAddresses.HTTP));
        }
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("listen", Map.of("address", addresses.coordinator(), "port", LoopAddresses.REST));
        file.put("cells", List.of(Map.of("cell", cell(), "agents", agents)));
        file.put("security", Map.of("tls", identity(home, "coordinator")));
        file.put("history", Map.of("path", home.resolve("history.db").toString()));
        YAML.writeValue(home.resolve("coordinator.yaml").toFile(), file);
    }

    private String cell() {
        return "loop-" + plan.id();
    }
}
